"""Whose tokens the API takes, where a stage's callers bear some."""

from typing import Literal

from pydantic import Field

from infra.function_settings import ApiFunctionSettings
from infra.strict_model import StrictModel


class JwtSettings(StrictModel):
    """Bearer tokens of an OpenID Connect issuer, with the scopes that the API asks for.

    Those are `events/write`, `events/read` and `events/search`.

    The issuer's keys are found by discovery. https://openid.net/specs/openid-connect-discovery-1_0.html
    """

    issuer: str = Field(
        pattern=r"^(https://|http://127\.0\.0\.1[:/])\S+$",
        description="The issuer, as its tokens write it; plain HTTP on this machine alone.",
    )
    audience: str = Field(min_length=1, description="The audience that a token must be for.")
    algorithms: tuple[Literal["RS256", "ES256"], ...] = Field(
        default=("RS256", "ES256"), min_length=1, description="Signature algorithms that count."
    )
    cache_seconds: int = Field(
        default=60,
        ge=0,
        le=3600,
        description="Seconds that API Gateway takes a token again without asking, even if it has "
        "expired meanwhile.",
    )
    function: ApiFunctionSettings = Field(
        default=ApiFunctionSettings(timeout_seconds=15),
        description="The function that checks tokens.",
    )


class CognitoSettings(StrictModel):
    """Access tokens of a user pool: scopes `events/write`, `events/read` and `events/search`."""

    user_pool_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool/[\w-]+$",
        description="A pool that is there already and has a resource server `events` with the "
        "scopes `write`, `read` and `search`; without it, the stack makes one.",
    )
    cache_seconds: int = Field(
        default=60,
        ge=0,
        le=3600,
        description="Seconds that API Gateway takes a token again without looking.",
    )
