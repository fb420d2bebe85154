"""The GET routes, on the memory log and the by-type projection on the real engine."""

import json
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cursor import Cursors
from api.handling import Handler
from api.http import CLOUD_EVENT, CLOUD_EVENTS, JSON, NDJSON
from api.negotiation import LISTING_FORMS
from api.read import build
from domain.memory_log import MemoryLog
from projections.by_type_listing import ByTypeListing
from projections.by_type_queries import ByTypeQueries
from tests.builders import an_event, ids
from tests.requests import PROBLEMS, get
from tests.stack_parts import project
from tests.tables import Tables
from tests.telemetry import CONTEXT, Told

KEY = "arn:aws:cloudformation:eu-central-1:123456789012:stack/eventlog-dev/5f1d"


class Service:
    """The read function over a log and a projection that holds all of it."""

    def __init__(self, tables: Tables, *, key: str = KEY) -> None:
        self.log = MemoryLog()
        self.told = Told()
        self.tables = tables
        self.handler: Handler = build(
            log=self.log,
            listing=ByTypeListing(
                ByTypeQueries(tables.client, table=tables.events_by_type),
                shards=4,
                payloads=lambda ids: {id: self.log.events[id].payload for id in ids},
            ),
            cursors=Cursors(key),
            telemetry=self.told.telemetry,
        )

    def append(self, *ids: str, type: str = "t") -> None:
        events = [self.log.append(an_event(id, type=type)).event for id in ids]
        project(self.tables, events, shards=4)

    def get(self, resource: str, **options: Any) -> tuple[int, Any, dict[str, str]]:
        response = self.handler(get(resource, **options), CONTEXT)
        body = response["body"]
        return response["statusCode"], json.loads(body) if body else None, response["headers"]

    def refused(self, resource: str, **options: Any) -> str:
        status, problem, headers = self.get(resource, **options)
        assert (status, headers["Content-Type"]) == (400, "application/problem+json")
        detail: str = problem["detail"]
        return detail


def linked(headers: dict[str, str]) -> dict[str, str]:
    """The targets in a header `Link`, by their relations."""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', headers.get("Link", ""))
    return {relation: target for target, relation in found}


@pytest.fixture
def service(tables: Tables) -> Service:
    return Service(tables)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids)
def test_any_legal_id_is_found_by_path_and_by_query(service: Service, id: str) -> None:
    service.log.append(an_event(id))
    for found in (
        service.get("/events/{id}", id=quote(id, safe="")),
        service.get("/events", id=None, id_=id),
    ):
        assert (found[0], found[1]["id"]) == (200, id)


def test_an_event_may_be_cached_for_ever_and_is_not_sent_again(service: Service) -> None:
    service.append("a")
    _, event, headers = service.get("/events/{id}", id="a")
    assert headers["ETag"] == f'"{event["hash"]}"'
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    for tags in (headers["ETag"], f'"x", W/{headers["ETag"]}', "*"):
        assert service.get("/events/{id}", id="a", headers={"If-None-Match": tags})[:2] == (
            304,
            None,
        )
    assert service.get("/events/{id}", id="a", headers={"If-None-Match": '"x"'})[0] == 200


def test_what_is_not_there_is_a_problem_that_is_not_cached(service: Service) -> None:
    status, problem, headers = service.get("/events/{id}", id="nobody%20knows")
    assert (status, problem["detail"]) == (404, "no event has the id 'nobody knows'")
    assert headers["Cache-Control"] == "no-store"
    assert problem["type"] == f"{PROBLEMS}/not-found"
    assert problem["instance"] == "urn:uuid:0d6f2c1e-6b0e-4f43-9a27-6f1c0f4d2f11"


def test_search_is_a_problem_of_its_own_where_there_is_none(service: Service) -> None:
    status, problem, _ = service.get("/search", q="word")
    assert (status, problem["type"]) == (404, f"{PROBLEMS}/search-not-configured")


def test_an_id_that_is_no_utf_8_is_refused(service: Service) -> None:
    assert "not percent-encoded UTF-8" in service.refused("/events/{id}", id="%ff")


def test_a_listing_is_newest_first_and_linked_page_by_page(service: Service) -> None:
    service.append(*(f"e{n}" for n in range(8)))
    walked = []
    query: dict[str, str] = {"type": "t", "limit": "3"}
    while True:
        status, page, headers = service.get("/events", **query)
        assert status == 200
        walked.append([event["id"] for event in page["events"]])
        if page["next_cursor"] is None:
            assert "next" not in linked(headers)
            break
        target = linked(headers)["next"]
        assert urlsplit(target).path == "/dev/events"
        query = {name: value for name, [value] in parse_qs(urlsplit(target).query).items()}
        assert query["cursor"] == page["next_cursor"]
    assert walked == [["e7", "e6", "e5"], ["e4", "e3", "e2"], ["e1", "e0"]]


def test_order_and_bounds(service: Service) -> None:
    service.append("a", "b", "c")
    times = [service.log.events[id].recorded_at for id in "abc"]
    query = {"type": "t", "order": "asc", "from_": times[1].replace("Z", "+00:00")}
    assert [e["id"] for e in service.get("/events", **query)[1]["events"]] == ["b", "c"]
    query["to"] = times[2]
    assert [e["id"] for e in service.get("/events", **query)[1]["events"]] == ["b"]


def test_an_unknown_type_lists_nothing(service: Service) -> None:
    assert service.get("/events", type="nothing")[1] == {"events": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({}, "name either an id or a type"),
        ({"type": "t", "id_": "1"}, "name either an id or a type"),
        ({"id_": "1", "limit": "3"}, "limit: is not known here; the parameters are id"),
        ({"type": ""}, "type: must have 1 to 256 characters"),
        ({"type": ["a", "b"]}, "type: stands 2 times"),
        (
            {"type": "t", "colour": "red"},
            "colour: is not known here; the parameters are id, source, type",
        ),
        ({"type": "t", "limit": "0"}, "limit: must be a whole number from 1 to 1000; '0' was sent"),
        ({"type": "t", "limit": "1001"}, "'1001' was sent"),
        ({"type": "t", "limit": "٣"}, "'٣' was sent"),
        ({"type": "t", "limit": "1e3"}, "'1e3' was sent"),
        ({"type": "t", "order": "up"}, "order: must be desc or asc; 'up' was sent"),
        ({"type": "t", "from_": "monday"}, "from: must be RFC 3339"),
        ({"type": "t", "from_": "2026-01-01T00:00:00 01:00"}, "(a + must be sent as %2B)"),
        ({"type": "t", "to": "0001-01-01T00:00:00+14:00"}, "to: must be RFC 3339"),
        (
            {"type": "t", "from_": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
            "from: must not be later than to",
        ),
        ({"type": "t", "cursor": ""}, "use a next_cursor unchanged"),
        ({"type": "t", "cursor": "AAAA"}, "use a next_cursor unchanged"),
        ({"type": "t", "cursor": "é!"}, "use a next_cursor unchanged"),
    ],
)
def test_a_query_that_breaks_a_rule_is_refused_by_name(
    service: Service, query: dict[str, Any], detail: str
) -> None:
    assert detail in service.refused("/events", **query)


def cursor_of(service: Service, **query: str) -> str:
    cursor: str = service.get("/events", type="t", limit="1", **query)[1]["next_cursor"]
    return cursor


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_cursor_is_refused(service: Service, data: st.DataObject) -> None:
    if not service.log.events:
        service.append("a", "b", "c")
    cursor = cursor_of(service)
    at = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.characters(codec="ascii"))
    change = data.draw(st.sampled_from(["replace", "insert", "delete", "cut", "append"]))
    changed = {
        "replace": cursor[:at] + character + cursor[at + 1 :],
        "insert": cursor[:at] + character + cursor[at:],
        "delete": cursor[:at] + cursor[at + 1 :],
        "cut": cursor[:at],
        "append": cursor + character,
    }[change]
    if changed != cursor:
        assert "use a next_cursor unchanged" in service.refused("/events", type="t", cursor=changed)


def test_a_cursor_belongs_to_its_query_and_its_stack(service: Service, tables: Tables) -> None:
    service.append("a", "b", "c")
    cursor = cursor_of(service)
    assert service.get("/events", type="t", cursor=cursor, limit="2")[0] == 200
    for other in (
        {"type": "u"},
        {"type": "t", "order": "asc"},
        {"type": "t", "from_": "2026-01-01T00:00:00Z"},
    ):
        service.refused("/events", cursor=cursor, **other)
    service.refused("/types", cursor=cursor)
    Service(tables, key="another stack").refused("/events", type="t", cursor=cursor)
    assert Service(tables).get("/events", type="t", cursor=cursor)[0] == 200


def test_types_are_paged_with_first_and_last_seen(service: Service) -> None:
    for type in ("b", "a", "c"):
        service.append(f"{type}1", f"{type}2", type=type)
    _, first, headers = service.get("/types", limit="2")
    _, rest, _ = service.get("/types", limit="2", cursor=first["next_cursor"])
    seen = {type: [service.log.events[f"{type}{n}"].recorded_at for n in (1, 2)] for type in "abc"}
    assert first["types"] + rest["types"] == [
        {"type": type, "first_seen": seen[type][0], "last_seen": seen[type][1]} for type in "abc"
    ]
    assert rest["next_cursor"] is None
    assert linked(headers).keys() == {"next"}


def test_a_page_of_types_leads_back_to_the_one_before(service: Service) -> None:
    for type in ("<", ">", "a", "b", "c"):
        service.append(f"{type}1", type=type)
    page = partial(service.get, "/types", limit="2")
    _, _, headers = page(cursor=cursor_in(linked(page()[2])["next"]))
    _, last, headers = page(cursor=cursor_in(linked(headers)["next"]))
    walked = [last]
    while "prev" in linked(headers):
        _, before, headers = page(cursor=cursor_in(linked(headers)["prev"]))
        walked.append(before)
    types = [[one["type"] for one in page["types"]] for page in walked]
    assert types == [["c"], ["a", "b"], ["<", ">"]]


def cursor_in(target: str) -> str:
    return parse_qs(urlsplit(target).query)["cursor"][0]


def test_an_event_is_given_as_a_cloud_event_with_a_tag_of_its_own(service: Service) -> None:
    service.append("a")
    as_cloud_event = {"Accept": "text/html, application/cloudevents+json; charset=UTF-8; q=0.5"}
    status, event, headers = service.get("/events/{id}", id="a", headers=as_cloud_event)
    assert (status, headers["Content-Type"]) == (200, CLOUD_EVENT)
    assert (event["id"], event["data"]) == ("a", {"key1": "value1"})
    assert headers["Vary"] == "Accept, Accept-Encoding"
    tag = {"If-None-Match": headers["ETag"]}
    assert service.get("/events/{id}", id="a", headers=as_cloud_event | tag)[0] == 304
    assert service.get("/events/{id}", id="a", headers=tag)[0] == 200


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json;q=0.5, application/x-ndjson", NDJSON),
        ("application/json;q=0.5, */*", NDJSON),
        ("application/cloudevents-batch+json;q=0.2, application/x-ndjson;q=0.1", CLOUD_EVENTS),
        ("*/*;q=0.1, APPLICATION/X-NDJSON ; Q=0.9", NDJSON),
        ("application/json;q=0, */*;q=0.1", NDJSON),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=much", None),
        ("application/cloudevents+json", None),
        (";", None),
    ],
)
def test_a_listing_comes_in_the_form_that_is_liked_best(
    service: Service, accept: str, form: str | None
) -> None:
    service.append("a", "b")
    headers = {"Accept": accept}
    response = service.handler(get("/events", type="t", headers=headers), CONTEXT)
    if form is None:
        problem = json.loads(response["body"])
        assert (problem["status"], problem["supported"]) == (406, list(LISTING_FORMS))
        return
    assert (response["statusCode"], response["headers"]["Content-Type"]) == (200, form)


def test_every_accept_header_counts(service: Service) -> None:
    request = get("/events", type="t", headers={"Accept": "text/html"})
    request["multiValueHeaders"]["Accept"] = [NDJSON, "text/html"]
    assert service.handler(request, CONTEXT)["headers"]["Content-Type"] == NDJSON


@pytest.mark.parametrize("form", [NDJSON, CLOUD_EVENTS])
def test_a_page_without_a_place_for_a_cursor_is_linked(service: Service, form: str) -> None:
    service.append("a", "b", "c")
    request = get("/events", type="t", limit="2", order="asc", headers={"Accept": form})
    ids = []
    while True:
        response = service.handler(request, CONTEXT)
        body = response["body"]
        events = json.loads(body) if form == CLOUD_EVENTS else map(json.loads, body.splitlines())
        ids += [event["id"] for event in events]
        if "next" not in linked(response["headers"]):
            break
        target = urlsplit(linked(response["headers"])["next"])
        request["multiValueQueryStringParameters"] = parse_qs(target.query)
    assert ids == ["a", "b", "c"]


def test_the_source_is_for_one_event_alone(service: Service) -> None:
    service.append("a")
    known = service.refused("/events", type="t", source="/s")
    assert "source: is not known here; the parameters are type, from" in known
    assert service.get("/events", id=None, id_="a", source="/s")[0] == 404


@pytest.mark.parametrize(
    ("resource", "methods"),
    [
        ("/events", "POST, GET, HEAD, OPTIONS"),
        ("/events/{id}", "GET, HEAD, OPTIONS"),
        ("/types", "GET, HEAD, OPTIONS"),
        ("/search", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_there_is_not_is_told_which_there_are(
    service: Service, resource: str, methods: str
) -> None:
    id = "1" if "{id}" in resource else None
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        response = service.handler(get(resource, id=id, method=method), CONTEXT)
        problem = json.loads(response["body"])
        assert (response["statusCode"], response["headers"]["Allow"]) == (405, methods)
        assert (problem["allowed"], problem["status"]) == (methods.split(", "), 405)
    told = service.handler(get(resource, id=id, method="OPTIONS"), CONTEXT)
    assert (told["statusCode"], told["headers"]["Allow"], told["body"]) == (204, methods, "")


def test_the_headers_alone_are_those_of_the_whole_answer(service: Service) -> None:
    service.append("a")
    for resource, options in (("/events/{id}", {"id": "a"}), ("/events", {"type": "t"})):
        alone, whole = (
            service.handler(get(resource, method=method, **options), CONTEXT)  # type: ignore[arg-type]
            for method in ("HEAD", "GET")
        )
        assert alone == whole, "the gateway leaves the body away"


def turned(service: Service, headers: dict[str, str], relation: str) -> Any:
    """The events' ids, and the headers, of the page behind a link; None where there is none."""
    target = linked(headers).get(relation)
    if target is None:
        return None
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    status, page, headers = service.get("/events", **query)
    assert status == 200
    return [event["id"] for event in page["events"]], headers


@pytest.mark.parametrize("order", ["desc", "asc"])
def test_each_page_leads_back_to_the_one_before(service: Service, order: str) -> None:
    service.append(*(f"e{n}" for n in range(8)))
    _, page, headers = service.get("/events", type="t", limit="3", order=order)
    assert "prev" not in linked(headers)
    walked = [[event["id"] for event in page["events"]]]
    while (found := turned(service, headers, "next")) is not None:
        ids, headers = found
        walked.append(ids)
    assert [len(ids) for ids in walked] == [3, 3, 2]
    service.append("newest")
    back = []
    while (found := turned(service, headers, "prev")) is not None:
        ids, headers = found
        back.append(ids)
        again, _ = turned(service, headers, "next")
        came_from = walked[-len(back)]
        assert again[: len(came_from)] == came_from
    expected = walked[-2::-1] if order == "asc" else [*walked[-2::-1], ["newest"]]
    assert back == expected
