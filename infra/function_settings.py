"""What may differ between Lambda functions, and how projectors follow the log."""

from math import inf
from typing import Self

from pydantic import Field, model_validator

from infra.strict_model import StrictModel


class FunctionSettings(StrictModel):
    """One Lambda function."""

    memory_mb: int = Field(
        default=1024, ge=128, le=10_240, description="Memory in MB; CPU grows with it."
    )
    timeout_seconds: int = Field(
        default=60, ge=1, le=900, description="Seconds after which Lambda ends an invocation."
    )
    reserved_concurrency: int | None = Field(
        default=None,
        ge=1,
        description="Invocations at a time: so many at most, and kept free for it of the "
        "account's. Without it, as many as the account has free.",
    )


class ApiFunctionSettings(FunctionSettings):
    """A Lambda function behind the API, which itself gives up after 29 seconds.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    """

    timeout_seconds: int = Field(
        default=28, ge=1, le=28, description="Seconds after which Lambda ends an invocation."
    )
    snap_start: bool = Field(
        default=False,
        description="Start environments from a snapshot of one that has started.",
    )
    provisioned_concurrency: int | None = Field(
        default=None, ge=1, description="Environments that are kept started."
    )

    @model_validator(mode="after")
    def _started_in_one_way(self) -> Self:
        if self.provisioned_concurrency is None:
            return self
        if self.snap_start:
            raise ValueError("snap_start and provisioned_concurrency: Lambda takes one of them")
        if self.provisioned_concurrency > (self.reserved_concurrency or inf):
            raise ValueError("provisioned_concurrency is more than reserved_concurrency allows")
        return self


class ProjectorFunctionSettings(FunctionSettings):
    """A Lambda function that follows the log: with less time, it could not park a record."""

    memory_mb: int = Field(
        default=512, ge=128, le=10_240, description="Memory in MB; CPU grows with it."
    )
    timeout_seconds: int = Field(
        default=60, ge=20, le=900, description="Seconds after which Lambda ends an invocation."
    )


class StreamSettings(StrictModel):
    """How a projector follows the log's stream.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
    """

    batch_size: int = Field(
        default=500, ge=1, le=10_000, description="Records that one invocation gets at most."
    )
    window_seconds: int = Field(
        default=1, ge=0, le=300, description="Seconds to wait for a batch to fill."
    )
    retry_attempts: int = Field(
        default=10, ge=0, le=10_000, description="Retries of a failing batch; never infinite."
    )
    max_record_age_seconds: int = Field(
        default=22 * 3600,
        ge=60,
        lt=24 * 3600,
        description="Age at which Lambda gives a record up; below the stream's 24 h retention.",
    )
