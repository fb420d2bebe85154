"""Whether a command of the AWS CLI could be run, by botocore's models of the services.

Invariant: no network is asked.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

_GLOBAL_OPTIONS = {"output", "profile", "query", "region"}
_OF_THE_CLI = {("configure", "export-credentials"), ("logs", "tail"), ("s3", "cp"), ("s3", "sync")}
_RENAMED = {("sns", "subscribe", "notification-endpoint"): "endpoint"}  # by the AWS CLI


class WrongCommandError(Exception):
    """A command that could not be run, and why."""


def demand(condition: bool, wrong: str) -> None:
    """Fail with what is wrong, unless the condition holds."""
    if not condition:
        raise WrongCommandError(wrong)


@cache
def _operations(service: str) -> Mapping[str, Any]:
    try:
        model = botocore.session.get_session().get_service_model(service)
    except UnknownServiceError as error:
        raise WrongCommandError(f"aws {service}: there is no such service") from error
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


def aws(arguments: Sequence[str]) -> None:
    """Service, operation and options are there.

    Raises:
        WrongCommandError: one is not.
    """
    service, operation, *rest = arguments
    if (service, operation) in _OF_THE_CLI:
        return
    if operation == "wait":
        demand(service == "dynamodb" and rest[0] == "table-exists", f"aws {service} wait {rest}")
        return
    model = _operations(service).get(operation)
    demand(model is not None, f"aws {service} {operation}: there is no such operation")
    members = model.input_shape.members if model and model.input_shape else {}
    known = {xform_name(name, "-") for name in members} | _GLOBAL_OPTIONS
    given = (word[2:].partition("=")[0] for word in rest if word.startswith("--"))
    named = {_RENAMED.get((service, operation, name), name) for name in given}
    wrong = {name for name in named if name.removeprefix("no-") not in known and name not in known}
    demand(not wrong, f"aws {service} {operation}: no option is called {sorted(wrong)}")
