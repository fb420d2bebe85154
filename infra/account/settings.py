"""What the account's stack is called and where it is, in one typed file."""

import os
from collections.abc import Mapping

from infra.project_settings import ProjectSettings


class AccountSettings(ProjectSettings):
    """The event log's part of one account and region."""


def load(environ: Mapping[str, str] = os.environ) -> AccountSettings:
    """The settings of PROJECT and AWS_REGION.

    Raises:
        pydantic.ValidationError: one of them is malformed.
    """
    given = {"project": environ.get("PROJECT"), "region": environ.get("AWS_REGION")}
    return AccountSettings.model_validate({name: value for name, value in given.items() if value})
