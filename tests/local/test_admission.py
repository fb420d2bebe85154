"""How often the local gateway lets a request in, by a clock that stands still until told."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.admission import Admission
from infra.local.authorization import RefusedError
from infra.local.edge_resources import ApiKey, Edge, Quota, Throttle, UsagePlan
from infra.local.proxy_event import HttpRequest
from infra.local.resources import Route

POST = Route("POST", "/events", "r1", "write")
GET = Route("GET", "/events", "r1", "read")
KEYED_POST = Route("POST", "/events", "r1", "write", key_required=True)
KEYED_GET = Route("GET", "/events", "r1", "read", key_required=True)
SHOP, BILLING = ApiKey("k1", "shop"), ApiKey("k2", "billing")
VALUES = {"shop": "of the shop", "billing": "of billing"}


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 1, 31, 23, 59, 50, tzinfo=UTC)  # a Saturday, as it happens

    def now(self) -> datetime:
        return self.time

    def seconds(self) -> float:
        return self.time.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def admission(edge: Edge, clock: Clock) -> Admission:
    return Admission(edge, values=VALUES, seconds=clock.seconds, now=clock.now)


def request(key: str | None = None) -> HttpRequest:
    headers = () if key is None else (("x-api-key", key),)
    return HttpRequest("POST", "/events", "", headers, b"", "127.0.0.1")


def outcomes(admit: Admission, route: Route, key: str | None = None, *, count: int) -> list[str]:
    """`in`, or the response type that a request was refused with."""
    found: list[str] = []
    for _ in range(count):
        try:
            admit(request(key), route)
            found.append("in")
        except RefusedError as refused:
            found.append(refused.error.type)
    return found


def planned(quota: Quota | None = None, *, burst: int = 100) -> Edge:
    limits = {"/events/POST": Throttle(1, burst)}
    return Edge(plans=(UsagePlan((SHOP, BILLING), limits, quota),))


def test_a_burst_is_let_in_and_then_as_much_as_the_rate_gives() -> None:
    clock = Clock()
    admit = admission(Edge({"*": Throttle(2, 3)}), clock)
    assert outcomes(admit, GET, count=5) == ["in"] * 3 + ["THROTTLED"] * 2
    clock.pass_by(0.4)
    assert outcomes(admit, GET, count=1) == ["THROTTLED"]
    clock.pass_by(0.6)
    assert outcomes(admit, GET, count=3) == ["in", "in", "THROTTLED"]
    clock.pass_by(3600)
    assert outcomes(admit, GET, count=4) == ["in"] * 3 + ["THROTTLED"], "it holds the burst at most"


def test_a_method_has_a_bucket_of_its_own() -> None:
    admit = admission(Edge({"*": Throttle(1, 2), "/events/POST": Throttle(1, 4)}), Clock())
    assert outcomes(admit, GET, count=3) == ["in", "in", "THROTTLED"]
    assert outcomes(admit, POST, count=5) == ["in"] * 4 + ["THROTTLED"]


def test_without_limits_everything_is_let_in_and_nothing_is_said_of_keys() -> None:
    admit = admission(Edge(), Clock())
    assert outcomes(admit, POST, count=1000) == ["in"] * 1000
    assert admit(request("anything"), POST) == {}


@pytest.mark.parametrize("key", [None, "", "of the shop ", "öf the shop"])
def test_a_route_that_needs_a_key_takes_no_other(key: str | None) -> None:
    admit = admission(planned(), Clock())
    assert outcomes(admit, KEYED_POST, key, count=1) == ["INVALID_API_KEY"]
    known = admit(request("of the shop"), KEYED_POST)
    assert known == {"apiKey": "of the shop", "apiKeyId": "k1"}


def test_a_key_is_used_up_for_its_bearer_alone_and_by_method() -> None:
    clock = Clock()
    admit = admission(planned(burst=2), clock)
    assert outcomes(admit, KEYED_POST, "of the shop", count=3) == ["in", "in", "THROTTLED"]
    assert outcomes(admit, KEYED_POST, "of billing", count=1) == ["in"]
    assert outcomes(admit, KEYED_GET, "of the shop", count=5) == ["in"] * 5
    clock.pass_by(1)
    assert outcomes(admit, KEYED_POST, "of the shop", count=2) == ["in", "THROTTLED"]


@pytest.mark.parametrize("period", ["DAY", "WEEK", "MONTH"])
def test_a_quota_counts_all_methods_until_its_period_ends(period: str) -> None:
    clock = Clock()
    admit = admission(planned(Quota(3, period)), clock)  # type: ignore[arg-type]
    assert outcomes(admit, KEYED_POST, "of the shop", count=2) == ["in", "in"]
    assert outcomes(admit, KEYED_GET, "of the shop", count=2) == ["in", "QUOTA_EXCEEDED"]
    assert outcomes(admit, KEYED_GET, "of billing", count=1) == ["in"]
    clock.pass_by(9)
    assert outcomes(admit, KEYED_POST, "of the shop", count=1) == ["QUOTA_EXCEEDED"]
    clock.pass_by(1)
    assert outcomes(admit, KEYED_POST, "of the shop", count=1) == ["in"]


def test_a_week_and_a_month_outlast_a_day() -> None:
    for period in ("WEEK", "MONTH"):
        clock = Clock()
        clock.pass_by(10 * 86_400)
        admit = admission(planned(Quota(1, period)), clock)
        assert outcomes(admit, KEYED_POST, "of the shop", count=1) == ["in"]
        clock.pass_by(86_400)
        assert outcomes(admit, KEYED_POST, "of the shop", count=1) == ["QUOTA_EXCEEDED"]


def test_what_was_throttled_is_not_counted_towards_the_quota() -> None:
    clock = Clock()
    admit = admission(planned(Quota(2, "DAY"), burst=1), clock)
    assert outcomes(admit, KEYED_POST, "of the shop", count=5) == ["in"] + ["THROTTLED"] * 4
    clock.pass_by(1)
    assert outcomes(admit, KEYED_POST, "of the shop", count=1) == ["in"]


def test_a_stage_limits_those_with_a_key_too() -> None:
    edge = Edge({"*": Throttle(1, 3)}, planned().plans)
    admit = admission(edge, Clock())
    assert outcomes(admit, KEYED_POST, "of the shop", count=2) == ["in", "in"]
    assert outcomes(admit, KEYED_POST, "of billing", count=2) == ["in", "THROTTLED"]
