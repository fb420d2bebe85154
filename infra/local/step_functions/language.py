"""The part of the Amazon States Language that the stack's state machines use, as typed states.

Invariant: a state, a field or a value that is not run here is refused when a definition is read.
https://states-language.net/spec.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from infra.local.intrinsics import TemplateError

_PLACEHOLDER = re.compile(r"\$\{\w+\}")

Template = dict[str, Any]
"""JSON in which `"name.$"` stands for `"name"` with a value that is looked up."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)


class Retrier(_Part):
    """When and how often a task is tried again; durations in seconds."""

    error_equals: tuple[str, ...]
    interval_seconds: int = Field(default=1, ge=1)
    backoff_rate: float = Field(default=2, ge=1)
    max_attempts: int = Field(default=3, ge=0)
    max_delay_seconds: int | None = None
    jitter_strategy: Literal["FULL", "NONE"] = "NONE"


class Task(_Part):
    """One call of a service."""

    type: Literal["Task"]
    resource: str
    parameters: Template
    result_selector: Template | None = None
    result_path: str = "$"
    output_path: str = "$"
    retry: tuple[Retrier, ...] = ()
    next: str


class Rule(_Part):
    """One choice; exactly one of the comparisons is there."""

    variable: str
    string_equals: str | None = None
    boolean_equals: bool | None = None
    next: str


class Choice(_Part):
    """The first rule that fits decides."""

    type: Literal["Choice"]
    choices: tuple[Rule, ...]
    default: str


class Wait(_Part):
    """A pause."""

    type: Literal["Wait"]
    seconds: int
    next: str


class Succeed(_Part):
    """The end."""

    type: Literal["Succeed"]


class Fail(_Part):
    """The end, with an error that the data names."""

    type: Literal["Fail"]
    error_path: str
    cause_path: str


class ItemReader(_Part):
    """The objects below a prefix, in S3."""

    resource: str = Field(pattern=r"^arn:[a-z-]+:states:::s3:listObjectsV2$")
    parameters: Template


class WriterConfig(_Part):
    """The executions' outputs, one a line."""

    transformation: Literal["COMPACT"]
    output_type: Literal["JSONL"]


class ResultWriter(_Part):
    """Where the outputs go, in S3."""

    resource: str = Field(pattern=r"^arn:[a-z-]+:states:::s3:putObject$")
    parameters: Template
    writer_config: WriterConfig


class ProcessorConfig(_Part):
    """Each item in an execution of its own."""

    mode: Literal["DISTRIBUTED"]
    execution_type: Literal["STANDARD"]


class Machine(_Part):
    """States, of which one is the first."""

    comment: str = ""
    start_at: str
    states: Mapping[str, "State"]

    def all_states(self) -> Iterator["State"]:
        """Its states, and those of its maps."""
        for state in self.states.values():
            yield state
            if isinstance(state, Map):
                yield from state.item_processor.all_states()


class ItemProcessor(Machine):
    """What is done with each item."""

    processor_config: ProcessorConfig


class Map(_Part):
    """A distributed map over objects in S3, after which the machine ends."""

    type: Literal["Map"]
    label: str
    item_reader: ItemReader
    item_selector: Template
    max_concurrency_path: str
    item_processor: ItemProcessor
    result_writer: ResultWriter
    end: Literal[True]


State = Annotated[Task | Choice | Wait | Succeed | Fail | Map, Field(discriminator="type")]


def read_definition(text: str, substitutions: Mapping[str, str] | None = None) -> Machine:
    """A state machine out of its definition's JSON, with each `${name}` put in.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html

    Raises: TemplateError for what is not run here.
    """
    for name, value in (substitutions or {}).items():
        text = text.replace(f"${{{name}}}", value)
    if missing := _PLACEHOLDER.search(text):
        raise TemplateError(f"the state machine's {missing[0]} has no value")
    try:
        return Machine.model_validate_json(text)
    except ValidationError as error:
        raise TemplateError(f"the state machine is not run here: {error}") from error
