"""One event source mapping as the template states it.

Invariant: what Lambda would refuse when the mapping is created is refused here too.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from infra.local.event_filter import PatternError, check_pattern
from infra.local.resource_names import mapping_id

INFINITE = -1

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_LEAST_AGE = 60


@dataclass(frozen=True)
class Mapping:
    """One event source mapping; durations in seconds, -1 for no limit."""

    name: str
    stream_arn: str
    batch_size: int = 100
    batching_window: float = 0
    starting_position: str = "TRIM_HORIZON"
    bisect: bool = False
    report_failures: bool = False
    max_retries: int = INFINITE
    max_age: int = INFINITE
    parallelization: int = 1
    filters: tuple[dict[str, Any], ...] = ()
    function_name: str = ""
    on_failure_arn: str | None = None
    enabled: bool = True

    def __post_init__(self) -> None:
        if self.starting_position != "TRIM_HORIZON":
            # Lambda's own guide: LATEST can miss records while a mapping is created or updated.
            raise ValueError(
                f"{self.name} starts at {self.starting_position}, which skips records;"
                " say TRIM_HORIZON"
            )
        if INFINITE < self.max_age < _LEAST_AGE:
            raise ValueError(
                f"{self.name} gives records up at an age of {self.max_age} s;"
                f" say {_LEAST_AGE} at least, or {INFINITE} for no limit"
            )
        for pattern in self.filters:
            check_pattern(pattern)

    @classmethod
    def from_properties(cls, name: str, properties: dict[str, Any]) -> Self:
        """The mapping from the resolved properties of an `AWS::Lambda::EventSourceMapping`.

        Follows "Lambda parameters for Amazon DynamoDB event source mappings".

        Raises:
            pydantic.ValidationError: a property is missing, out of range, or not supported here.
            ValueError: a filter pattern is not valid JSON, or malformed (PatternError); a value
                that Lambda refuses though it is in range.
        """
        given = _Properties.model_validate(properties)
        return cls(
            name=name,
            stream_arn=given.event_source_arn,
            batch_size=given.batch_size,
            batching_window=given.maximum_batching_window_in_seconds,
            starting_position=given.starting_position,
            bisect=given.bisect_batch_on_function_error,
            report_failures="ReportBatchItemFailures" in given.function_response_types,
            max_retries=given.maximum_retry_attempts,
            max_age=given.maximum_record_age_in_seconds,
            parallelization=given.parallelization_factor,
            filters=tuple(parse_pattern(one.pattern) for one in given.filter_criteria.filters),
            function_name=given.function_name,
            on_failure_arn=given.destination_config.on_failure.destination,
            enabled=given.enabled,
        )

    @property
    def uuid(self) -> str:
        """What AWS calls the mapping."""
        return mapping_id(self.name)

    @property
    def function_arn(self) -> str:
        """The function's ARN, in the account and region of the stream unless it came as an ARN."""
        if self.function_name.startswith("arn:"):
            return self.function_name
        partition, _, region, account = self.stream_arn.split(":")[1:5]
        return f"arn:{partition}:lambda:{region}:{account}:function:{self.function_name}"


def parse_pattern(text: str) -> dict[str, Any]:
    """A filter pattern from its JSON text.

    A name given twice means both ("Filtering with Boolean expressions" in Lambda's guide to
    filtering DynamoDB events), so that repeated objects are merged.
    """
    pattern = json.loads(text, object_pairs_hook=_merged)
    if not isinstance(pattern, dict):
        raise PatternError(f"a filter pattern is a JSON object, not {text}")
    return pattern


def _merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name, value in pairs:
        earlier = merged.get(name)
        both = isinstance(earlier, dict) and isinstance(value, dict)
        merged[name] = _merged([*merged[name].items(), *value.items()]) if both else value
    return merged


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)


class _Filter(_Part):
    pattern: str


class _FilterCriteria(_Part):
    filters: tuple[_Filter, ...] = ()


class _OnFailure(_Part):
    destination: str | None = None


class _DestinationConfig(_Part):
    on_failure: _OnFailure = _OnFailure()


class _Properties(_Part):
    event_source_arn: str
    function_name: str
    starting_position: str
    batch_size: int = Field(default=100, ge=1, le=10_000)
    bisect_batch_on_function_error: bool = False
    destination_config: _DestinationConfig = _DestinationConfig()
    enabled: bool = True
    filter_criteria: _FilterCriteria = _FilterCriteria()
    function_response_types: tuple[Literal["ReportBatchItemFailures"], ...] = ()
    maximum_batching_window_in_seconds: int = Field(default=0, ge=0, le=300)
    maximum_record_age_in_seconds: int = Field(default=INFINITE, ge=INFINITE, le=604_800)
    maximum_retry_attempts: int = Field(default=INFINITE, ge=INFINITE, le=10_000)
    parallelization_factor: int = Field(default=1, ge=1, le=10)
    # These change no record's way to the function.
    tags: list[dict[str, str]] = Field(default_factory=list)
    metrics_config: dict[str, Any] = Field(default_factory=dict)
    logging_config: dict[str, Any] = Field(default_factory=dict)
