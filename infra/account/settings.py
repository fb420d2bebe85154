"""What the account's stack is called and where it is, in one typed file."""

import os
from collections.abc import Mapping

from pydantic import Field

from infra.strict_model import StrictModel


class AccountSettings(StrictModel):
    """The event log's part of one account and region."""

    project: str = Field(
        default="event-logger",
        pattern=r"^[a-z][a-z0-9-]{0,62}$",
        description="First part of the stacks' names.",
    )
    region: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d$",
        description="Region to deploy to; without it, the one of the AWS profile in use.",
    )


def load(environ: Mapping[str, str] = os.environ) -> AccountSettings:
    """The settings of PROJECT and AWS_REGION.

    Raises:
        pydantic.ValidationError: one of them is malformed.
    """
    given = {"project": environ.get("PROJECT"), "region": environ.get("AWS_REGION")}
    return AccountSettings.model_validate({name: value for name, value in given.items() if value})
