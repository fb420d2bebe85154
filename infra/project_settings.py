"""What every stack of a project is given: the project's name, and where it is deployed."""

from pydantic import Field

from infra.strict_model import StrictModel


class ProjectSettings(StrictModel):
    """One project, in one account and region."""

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
