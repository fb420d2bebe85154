"""What the roles of the pipeline are made for, in one typed file.

Invariant: a role is made for one repository and for stages that are named; nothing has a wildcard.
"""

import os
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from infra.project_settings import ProjectSettings

Stage = Literal["dev", "prod"]

BRANCHES: Mapping[Stage, str] = {"dev": "dev", "prod": "main"}
"""The branch that a stage is deployed from."""


class PipelineSettings(ProjectSettings):
    """The pipeline's part of one account and region."""

    repository: str = Field(
        pattern=r"^[\w-]+(@\d+/[\w.-]+@\d+|/[\w.-]+)$",
        description="The repository as GitHub's tokens name it: owner@ID/name@ID, or owner/name "
        "where it was made before 15 July 2026 and has not opted in to ids.",
    )
    stages: tuple[Stage, ...] = Field(
        default=("dev", "prod"),
        min_length=1,
        description="The stages that are deployed to this account.",
    )
    provider: Literal["create", "existing"] = Field(
        default="create",
        description="Whether to create GitHub's identity provider; an account has at most one.",
    )


def load(environ: Mapping[str, str] = os.environ) -> PipelineSettings:
    """The settings from REPOSITORY, STAGES, OIDC_PROVIDER, PROJECT and AWS_REGION.

    Raises:
        pydantic.ValidationError: the repository is missing, or one of them is malformed.
    """
    given = {
        "repository": environ.get("REPOSITORY"),
        "stages": environ.get("STAGES", "").split(),
        "provider": environ.get("OIDC_PROVIDER"),
        "project": environ.get("PROJECT"),
        "region": environ.get("AWS_REGION"),
    }
    return PipelineSettings.model_validate({name: value for name, value in given.items() if value})
