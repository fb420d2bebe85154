"""AWS WAF in front of the API, where a stage has it."""

from typing import Literal

from pydantic import Field

from infra.strict_model import StrictModel


class FirewallSettings(StrictModel):
    """A web ACL: about 9 USD a month, and 0.60 USD for a million requests."""

    requests_per_address: int = Field(
        default=60_000,
        ge=10,
        le=2_000_000_000,
        description="Requests in a window above which an address is blocked.",
    )
    window_seconds: Literal[60, 120, 300, 600] = Field(
        default=60, description="Seconds of the window that slides over an address's requests."
    )
