"""Settings given on the command line: `--context by_type_stream.batch_size=100`.

Invariant: a name that is no setting is refused, never passed over. Only names that CDK keeps for
itself are left to CDK: those with a colon or a slash, such as `aws:cdk:...` and `@aws-cdk/...`.
https://docs.aws.amazon.com/cdk/v2/guide/context.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from infra.setting_errors import SettingsError, UnknownSettingError

Context = Mapping[str, Any]
"""Values by the dotted names of their settings."""

_OF_CDK = (":", "/")


def parse_pairs(pairs: Sequence[str]) -> Context:
    """`name=value` pairs; a value that is JSON means what it says, any other is text.

    Raises:
        SettingsError: there is no `=` in one.
    """
    context: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise SettingsError(f"--context takes NAME=VALUE, not {pair!r}")
        context[name] = _value(value)
    return context


def of_cdk(environ: Mapping[str, str]) -> Context:
    """What `cdk --context` and cdk.json hand to an app, without what is CDK's own.

    More than the environment can hold is in a file.
    """
    texts = [environ.get("CDK_CONTEXT_JSON", "{}")]
    if overflow := environ.get("CONTEXT_OVERFLOW_LOCATION_ENV"):
        texts.append(Path(overflow).read_text("utf-8"))
    return {
        name: _value(value) if isinstance(value, str) else value
        for text in texts
        for name, value in json.loads(text).items()
        if not any(sign in name for sign in _OF_CDK)
    }


def override(settings: Mapping[str, Any], context: Context, *, model: type[BaseModel]) -> Context:
    """Settings of a `model` with the context's values in their places.

    Raises:
        UnknownSettingError: the model has no setting of a name.
    """
    names = list(setting_names(model))
    merged = deepcopy(dict(settings))
    for name, value in context.items():
        if name not in names:
            raise UnknownSettingError(name, names)
        *groups, last = name.split(".")
        place = merged
        for group in groups:
            place[group] = place.get(group) or {}  # a group that the stage leaves out
            place = place[group]
        place[last] = value
    return merged


def setting_names(model: type[BaseModel]) -> Iterator[str]:
    """Each setting's dotted name, and each group's."""
    for name, field in model.model_fields.items():
        yield name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from (f"{name}.{inner}" for inner in setting_names(kind))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
