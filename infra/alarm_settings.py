"""Who is told of alarms, and the thresholds that a team tunes to its own traffic."""

from typing import Annotated

from pydantic import Field, StringConstraints

from infra.strict_model import StrictModel

EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class AlarmSettings(StrictModel):
    """Alarms of one stage; each threshold is a number in a minute."""

    emails: tuple[EmailAddress, ...] = Field(
        default=(),
        description="Addresses that alarms are sent to, once each has confirmed AWS's first mail.",
    )
    runbook_url: str = Field(
        default="docs/operate.md",
        pattern=r"^[^\s#]+$",
        description="Where the runbook can be read; every alarm links to its section there.",
    )
    latency_p99_milliseconds: int = Field(
        default=3_000,
        ge=1,
        le=29_000,
        description="Time that one request in a hundred may take, for five minutes.",
    )
    conflicts: int = Field(
        default=10,
        ge=1,
        description="Events with a taken id and other content, for five minutes.",
    )
    rejected: int = Field(
        default=100,
        ge=1,
        description="Events and requests refused as malformed, for five minutes.",
    )
    blocked: int = Field(
        default=1_000, ge=1, description="Requests that the firewall blocks, for five minutes."
    )
