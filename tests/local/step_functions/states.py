"""The stack's state machine with a function of the test's own, behind Step Functions' API."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from infra.local.aws import LocalAws
from infra.local.iam_actions import Access
from infra.local.resources import Role, StateMachine
from infra.local.step_functions.endpoint import states_endpoint
from infra.local.step_functions.executions import Executions
from infra.local.step_functions.language import read_definition
from infra.local.step_functions.services import AwsServices
from infra.local.table_export import TableExports
from infra.local.workers import InvokeResult
from infra.rebuild_definition import DEFINITION
from tests.buckets import TestBucket
from tests.tables import Tables

MACHINE = "arn:aws:states:eu-central-1:000000000000:stateMachine:Rebuild"
INPUT = json.dumps({"workers": 2, "rate": None})

Replay = Callable[[dict[str, Any]], dict[str, Any]]


class ReplayError(Exception):
    """What a function of a test raises; its name is the error that Step Functions sees."""


def done(given: dict[str, Any]) -> dict[str, Any]:
    """A replay that is through at once."""
    return {**given, "done": True, "projected": 5, "unreadable": 1, "refused": 0}


@dataclass
class Rebuild:
    """The state machine over real tables and a real bucket."""

    tables: Tables
    bucket: TestBucket
    replay: Replay = done
    denied: set[str] = field(default_factory=set)
    recoverable: bool = True

    @contextmanager
    def served(self) -> Iterator[Any]:
        """A boto3 client of it."""
        table = self.tables.client.describe_table(TableName=self.tables.events)["Table"]
        arn = table["TableArn"]
        names = {
            "Partition": "aws",
            "LogTableArn": arn,
            "ExportBucket": self.bucket.name,
            "ReplayFunctionArn": "arn:aws:lambda:eu-central-1:000000000000:function:replay",
        }
        definition = read_definition(json.dumps(DEFINITION), names)
        machine = StateMachine("Rebuild", MACHINE, definition, Role("role", "arn:role", ()))
        exports = TableExports(
            self.tables.client, self.bucket.client, recoverable={arn} if self.recoverable else ()
        )
        services = AwsServices(self._invoke, exports, self.bucket.client, self._allows)
        executions = Executions({MACHINE: machine}, {MACHINE: services}, longest_wait=0.1)
        with states_endpoint(executions) as address:
            client = LocalAws("", "", "eu-central-1", address).client("stepfunctions")
            yield client
            client.close()

    def _invoke(self, _name: str, payload: Any) -> InvokeResult:
        try:
            return InvokeResult(json.dumps(self.replay(payload)).encode())
        except ReplayError as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return InvokeResult(json.dumps(told).encode(), failed=True)

    def _allows(self, access: Access) -> bool:
        return access.action not in self.denied


def ended(client: Any, arn: str) -> dict[str, Any]:
    """The description of an execution, once it has ended."""
    for _ in range(600):
        found: dict[str, Any] = client.describe_execution(executionArn=arn)
        if found["status"] != "RUNNING":
            return found
        threading.Event().wait(0.05)
    raise AssertionError(found)
