"""How often the API may be called: by all callers together, and by each producer with a key."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from infra.domain_settings import DomainSettings
from infra.firewall_settings import FirewallSettings
from infra.strict_model import StrictModel

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,31}$")]

_Origin = Annotated[
    str,
    StringConstraints(
        pattern=r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)*|http://(localhost|127\.0\.0\.1))(:\d{1,5})?$"
    ),
]


class Throttle(StrictModel):
    """A token bucket; what finds it empty is answered 429.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """

    requests_per_second: int = Field(ge=1, le=100_000, description="Tokens that come in a second.")
    burst: int = Field(ge=1, le=100_000, description="Tokens that the bucket holds.")


class Quota(StrictModel):
    """Requests that one producer may make in a period, to whatever method."""

    requests: int = Field(ge=1, description="Requests in one period; what exceeds them gets 429.")
    period: Literal["day", "week", "month"] = Field(description="The period, in UTC.")


class ProducerSettings(StrictModel):
    """Producers with an API key each, which says how much they may send and not who they are.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
    """

    names: tuple[_Name, ...] = Field(
        min_length=1,
        description="One key is made for each; every request then needs one, beside its "
        "authorization.",
    )
    write: Throttle = Field(description="What each may POST to /events.")
    read: Throttle = Field(description="What each may GET, for each of the GET routes.")
    quota: Quota | None = Field(default=None, description="What each may send in all, if limited.")


class EdgeSettings(StrictModel):
    """What stands between callers and the functions."""

    write: Throttle = Field(
        default=Throttle(requests_per_second=1_000, burst=2_000),
        description="What all callers together may POST to /events.",
    )
    read: Throttle = Field(
        default=Throttle(requests_per_second=1_000, burst=2_000),
        description="What all callers together may GET, for each of the GET routes.",
    )
    docs: Throttle = Field(
        default=Throttle(requests_per_second=20, burst=100),
        description="What all callers together may GET of the API's document and pages, for each "
        "of their routes.",
    )
    producers: ProducerSettings | None = Field(
        default=None, description="Producers with a key and limits of their own, if there are any."
    )
    firewall: FirewallSettings | None = Field(
        default=None, description="AWS WAF in front of the API, where the stage pays for it."
    )
    domain: DomainSettings | None = Field(
        default=None, description="The API's own domain name, where it has one."
    )
    allowed_origins: tuple[_Origin, ...] = Field(
        default=(),
        description="Origins whose scripts may call the API from a browser, such as "
        "`https://app.example.com`; without any, browsers keep answers from all scripts.",
    )
