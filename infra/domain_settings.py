"""A domain name of one's own for the API, where a stage has one."""

from typing import Self

from pydantic import Field, model_validator

from infra.strict_model import StrictModel

CERTIFICATE = r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+$"


class DomainSettings(StrictModel):
    """A name in a public hosted zone of Route 53, in the same account."""

    name: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        description="The API's name, such as `events.example.com`; the default endpoint is closed.",
    )
    hosted_zone_id: str = Field(
        pattern=r"^Z[A-Z0-9]{1,31}$", description="Id of the zone that the name is in."
    )
    hosted_zone_name: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        description="Name of that zone, such as `example.com`.",
    )
    certificate_arn: str | None = Field(
        default=None,
        pattern=CERTIFICATE,
        description="A certificate of the name that is there already, in the same region; without "
        "it, the stack has one made and renewed, validated in the zone.",
    )

    @model_validator(mode="after")
    def _in_its_zone(self) -> Self:
        if not f".{self.name}".endswith(f".{self.hosted_zone_name}"):
            raise ValueError(f"name: {self.name} is not in the zone {self.hosted_zone_name}")
        return self
