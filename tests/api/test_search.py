"""GET /search on the real engine: what is found, page by page, and what cannot be done with it."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.cursor import Cursors
from api.search import build
from api.search_filters import filter_of
from domain.event import Event
from projections.search import SearchProjection
from projections.search_names import ALIAS
from projections.search_query import PayloadCompares, PayloadEquals
from projections.search_setup import set_up
from tests.builders import an_event, characters
from tests.opensearch import SearchEngine
from tests.requests import get
from tests.telemetry import CONTEXT, Told

SAME_TIME = "2026-11-30T23:59:59.999999Z"
NEXT_MONTH = "2026-12-01T00:00:00.000000Z"
LATER = "2026-12-02T00:00:00.000001Z"

PAYLOADS = {
    "order": '{"customer": {"country": "FR", "name": "Ada Lovelace"}, "order": {"total": 10.5},'
    ' "due": "2026-01-31T12:00:00Z", "paid": true, "note": "ten pounds off, at once"}',
    "cheap": '{"customer": {"country": "fr"}, "order": {"total": 9, "lines": [{"sku": "a:b"}]},'
    ' "due": "2026-02-01", "note": "off at ten pounds"}',
    "odd": '{"a.b": {"c:d": 7, "e\\\\f": "x"}, "": {"": "empty"}, "n": 10.0, "note": ">=10",'
    ' "exact": 1e400, "script": {"source": "ctx"}, "nul": "a\\u0000b"}',
    "array": '["alpha", {"beta": 3}]',
}


class Service:
    """The search function over the engine's projection."""

    def __init__(self, engine: SearchEngine, *, key: str = "key") -> None:
        self.engine = engine
        self.handler = build(opensearch=engine, cursors=Cursors(key), telemetry=Told().telemetry)

    def project(self, *events: Event) -> None:
        assert SearchProjection(self.engine).project(list(events)) == []
        self.engine.json("POST", f"/{ALIAS}/_refresh")

    def get(self, **query: Any) -> tuple[int, Any, dict[str, str]]:
        response = self.handler(get("/search", **query), CONTEXT)
        return response["statusCode"], json.loads(response["body"]), response["headers"]

    def found(self, **query: Any) -> set[str]:
        status, page, _ = self.get(**{"limit": "100", **query})
        assert status == 200, page
        return {event["id"] for event in page["events"]}

    def refused(self, **query: Any) -> str:
        status, problem, headers = self.get(**query)
        assert (status, headers["Content-Type"]) == (400, "application/problem+json"), problem
        detail: str = problem["detail"]
        return detail

    def walked(self, **query: Any) -> list[list[str]]:
        """The ids of every page, from each page's link to the next."""
        pages = []
        while True:
            _, page, headers = self.get(**query)
            pages.append([event["id"] for event in page["events"]])
            if page["next_cursor"] is None:
                assert behind(headers, "next") == {}
                return pages
            query = behind(headers, "next")


def behind(headers: dict[str, str], relation: str) -> dict[str, Any]:
    """The query of the link with this relation; empty where there is none."""
    targets = dict(re.findall(r'<([^>]*)>; rel="([a-z]+)"', headers.get("Link", "")))
    [target] = [one for one, name in targets.items() if name == relation] or [""]
    return dict(parse_qs(urlsplit(target).query))


def events() -> Iterator[Event]:
    for number in range(12):
        type = ("even", "odd")[number % 2]
        yield an_event(f"same-{number:02}", type=type, payload_text="{}").recorded(at=SAME_TIME)
    for id, text in PAYLOADS.items():
        envelope = {"source": f"/{id}:x", "subject": "s", "correlation_id": f"c-{id}"}
        event = an_event(id, type="shop", payload_text=text, causation_id="cause", **envelope)
        yield event.recorded(at=NEXT_MONTH)
    yield an_event("last", type="even", payload_text='{"note": "naïve Ünicode"}').recorded(at=LATER)


@pytest.fixture(scope="module")
def service(opensearch: str) -> Service:
    service = Service(SearchEngine(opensearch))
    service.engine.empty()
    set_up(service.engine)
    service.project(*events())
    return service


def test_an_event_is_given_as_the_log_gives_it(service: Service) -> None:
    [odd] = [event for event in events() if event.id == "odd"]
    response = service.handler(get("/search", filter="payload.note:=>=10"), CONTEXT)
    assert response["body"] == f'{{"events":[{odd.to_json()}],"next_cursor":null}}'


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"q": "lovelace ADA"}, {"order"}),
        ({"q": "ten off"}, {"order", "cheap"}),
        ({"q": '"ten pounds off"'}, {"order"}),
        ({"q": 'once "ten pounds"'}, {"order"}),
        ({"q": '"ten pounds" "off at ten"'}, {"cheap"}),
        ({"q": 'pounds" off'}, {"order", "cheap"}),
        ({"q": "naïve"}, {"last"}),
        ({"q": "nothing off"}, set()),
        ({"q": "!!!"}, set()),
        ({"type": "shop"}, set(PAYLOADS)),
        ({"type": ["shop", "even"], "from_": NEXT_MONTH}, {*PAYLOADS, "last"}),
        ({"from_": NEXT_MONTH, "to": LATER}, set(PAYLOADS)),
        ({"from_": LATER}, {"last"}),
        ({"from_": "2026-12-02T01:00:00.000001+01:00"}, {"last"}),
        ({"to": "0001-01-01T00:00:00Z"}, set()),
        ({"from_": "9999-01-01T00:00:00Z"}, set()),
        ({"from_": "0001-01-01T00:00:00Z", "to": NEXT_MONTH, "type": "shop"}, set()),
        ({"filter": "source:/order:x"}, {"order"}),
        ({"filter": "source:=/order:x"}, {"order"}),
        ({"filter": ["subject:s", "correlation_id:c-odd", "causation_id:cause"]}, {"odd"}),
        ({"filter": "subject:S"}, set()),
        ({"filter": "payload.customer.country:FR"}, {"order"}),
        ({"filter": ["payload.customer.country:FR", "payload.paid:true"]}, {"order"}),
        ({"filter": ["payload.customer.country:FR", "payload.paid:false"]}, set()),
        ({"filter": "payload.order.lines.sku:a:b"}, {"cheap"}),
        ({"filter": "payload.order.total:10.5"}, {"order"}),
        ({"filter": "payload.order.total:>=9"}, {"order", "cheap"}),
        ({"filter": "payload.order.total:>9"}, {"order"}),
        ({"filter": "payload.order.total:<=9.0"}, {"cheap"}),
        ({"filter": "payload.order.total:<9"}, set()),
        ({"filter": ["payload.order.total:>9", "payload.order.total:<1e1"]}, set()),
        ({"filter": "payload.due:<2026-02-01"}, {"order"}),
        ({"filter": "payload.due:<=2026-02-01"}, {"order", "cheap"}),
        ({"filter": "payload.due:>2026-01-31T12:00:00Z"}, {"cheap"}),
        ({"filter": "payload.due:>2026-01-31"}, {"order", "cheap"}),
        ({"filter": "payload.n:10.0"}, {"odd"}),
        ({"filter": "payload.n:10"}, set()),
        ({"filter": r"payload.a.b.c\:d:7"}, {"odd"}),
        ({"filter": r"payload.a\.b.c\:d:>6"}, {"odd"}),
        ({"filter": r"payload.a.b.c\:d:>6"}, set()),
        ({"filter": r"payload.a\.b.e\\f:x"}, {"odd"}),
        ({"filter": "payload.note:=>=10"}, {"odd"}),
        ({"filter": "payload.due:>=0001-01-01"}, {"order", "cheap"}),
        ({"filter": "payload.due:>9999-12-31T23:59:59Z"}, set()),
        ({"filter": "payload.order.total:<1e308"}, {"order", "cheap"}),
        ({"filter": "payload.value:alpha"}, {"array"}),
        ({"filter": "payload.value.beta:>=3"}, {"array"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),  # no hash decides
)
def test_what_is_asked_for_is_found_and_nothing_else(
    service: Service, query: dict[str, Any], ids: set[str]
) -> None:
    assert service.found(**query) == ids


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"query": "x"}, "query: is not known here; the parameters are q, from, to, order, limit"),
        ({"_source": "*"}, "_source: is not known here"),
        ({"sort": "_script"}, "sort: is not known here"),
        ({"size": "10000"}, "size: is not known here"),
        ({"q": ["a", "b"]}, "q: stands 2 times"),
        ({"q": ""}, "q: must have a word"),
        ({"q": '" "'}, "q: must have a word"),
        ({"q": '"'}, "q: must have a word"),
        ({"q": "a" * 257}, "q: may have 256 characters; 257 were sent"),
        ({"q": '"a" ' * 9}, "q: may have 8 phrases; 9 were sent"),
        ({"type": ""}, "type: must have 1 to 256 characters"),
        ({"type": ["t"] * 21}, "type: may stand 20 times; it stands 21 times"),
        ({"limit": "101"}, "limit: must be a whole number from 1 to 100"),
        ({"from_": "monday"}, "from: must be RFC 3339"),
        ({"from_": LATER, "to": NEXT_MONTH}, "from: must not be later than to"),
        ({"order": "_score"}, "order: must be desc or asc"),
        ({"filter": ["subject:s"] * 10_000}, "filter: may stand 20 times"),
        ({"filter": "subject:" + "s" * 5_113}, "filter: must have at most 5120 characters"),
        ({"filter": "subject"}, "filter: 'subject' has no colon behind a field; write it as"),
        ({"filter": r"payload.a\:1"}, "has no colon behind a field"),
        ({"filter": "type:shop"}, "names no field that can be filtered by; write it as payload."),
        ({"filter": "payload:1"}, "names no field that can be filtered by"),
        ({"filter": "event.original:x"}, "names no field that can be filtered by"),
        ({"filter": "_id:order"}, "names no field that can be filtered by"),
        ({"filter": "subject:>a"}, "compares subject, a text; write subject:=>… for one"),
        ({"filter": "payload.n:>ten"}, "compares with 'ten'; it takes a number such as 10.5, or"),
        ({"filter": "payload.n:>1e999"}, "compares with '1e999'"),
        ({"filter": "payload.n:>NaN"}, "compares with 'NaN'"),
        ({"filter": "payload.due:>now-1d"}, "compares with 'now-1d'"),
        ({"filter": "payload.due:>2026-01-01||+1M/d"}, "compares with '2026-01-01||+1M/d'"),
        ({"cursor": "AAAA"}, "use a next_cursor unchanged"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_breaks_a_rule_is_refused_by_name_with_the_fix(
    service: Service, query: dict[str, Any], detail: str
) -> None:
    assert detail in service.refused(**query)


@pytest.mark.parametrize(
    "query",
    [
        {"q": "*"},
        {"q": "lovel*"},
        {"q": "/.*/"},
        {"q": "lovelace~2 OR nothing"},
        {"q": "event.id:order"},
        {"q": "_exists_:payload AND (odd)"},
        {"q": '{"script_score":{"script":"1"}}'},
        {"filter": "payload.*:FR"},
        {"filter": "payload.customer.*:FR"},
        {"filter": "payload.customer.country:F*"},
        {"filter": "payload.customer.country:/F./"},
        {"filter": "payload.customer.country:FR OR 1"},
        {"filter": 'payload.customer.country:"},"script":{"source":"ctx"}'},
        {"filter": "payload._value:FR"},
        {"filter": "payload._valueAndPath:customer.country=FR"},
        {"filter": "payload.../../_search:x"},
        {"filter": "payload.customer\x00.country:FR"},
        {"filter": "payload." + "a." * 2_000 + ":x"},
        {"filter": "payload.%s:>1" % ("a." * 2_000)},
        {"filter": "payload.*:>0"},
        {"filter": "source:" + "x" * 5_000},
        {"filter": "payload.x:\ud800"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_syntax_of_other_query_languages_finds_nothing(
    service: Service, query: dict[str, str]
) -> None:
    assert service.found(**query) == set()


def test_as_much_as_may_be_asked_for_can_be_answered(service: Service) -> None:
    most = {
        "q": "a " * 100 + '"b c" ' * 8,
        "type": [f"{number:0256}" for number in range(20)],
        "filter": [f"payload.{'k.' * 500}{n}:>={n}" for n in range(20)],
        "limit": "100",
    }
    assert service.found(**most) == set()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(characters, max_size=40), st.text(characters, max_size=40))
@example("\x00", "\x00")
def test_no_text_is_an_error_of_the_server(service: Service, query: str, text: str) -> None:
    for parameters in ({"q": query}, {"filter": f"payload.{text}"}, {"type": text}):
        assert service.get(**parameters)[0] in {200, 400}


@given(st.lists(st.text(characters, max_size=8), min_size=1, max_size=4), st.text(characters))
def test_any_key_can_be_named_and_any_text_asked_for(keys: list[str], text: str) -> None:
    path = ".".join(
        key.replace("\\", r"\\").replace(".", r"\.").replace(":", r"\:") for key in keys
    )
    assert filter_of(f"payload.{path}:={text}") == PayloadEquals(tuple(keys), text)
    assert filter_of(f"payload.{path}:>=1e1") == PayloadCompares(tuple(keys), "gte", 10.0)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 5, 12])
def test_pages_of_events_of_one_moment_skip_and_repeat_none(
    service: Service, order: str, limit: int
) -> None:
    pages = service.walked(type=["even", "odd"], order=order, limit=str(limit), filter=[])
    expected = [*(f"same-{number:02}" for number in range(12)), "last"]
    assert [id for page in pages for id in page] == (expected if order == "asc" else expected[::-1])
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_page_leads_back_to_the_one_before(service: Service, order: str) -> None:
    query: dict[str, Any] = {"type": ["even", "odd"], "order": order, "limit": "5"}
    walked = service.walked(**query)
    _, _, headers = service.get(**query)
    assert behind(headers, "prev") == {}
    while target := behind(headers, "next"):
        _, _, headers = service.get(**target)
    back = []
    while target := behind(headers, "prev"):
        _, page, headers = service.get(**target)
        back.append([event["id"] for event in page["events"]])
    assert (len(walked), back) == (3, walked[-2::-1])


def test_a_cursor_belongs_to_its_query_and_its_stack(service: Service) -> None:
    query: dict[str, Any] = {"type": ["even", "odd"]}
    cursor = service.get(limit="1", **query)[1]["next_cursor"]
    assert service.get(limit="2", cursor=cursor, **query)[0] == 200
    for other in (
        {"type": "even"},
        {**query, "q": "ten"},
        {**query, "filter": "subject:s"},
        {**query, "order": "asc"},
        {**query, "to": LATER},
    ):
        assert "use a next_cursor unchanged" in service.refused(cursor=cursor, **other)
    position = Cursors("key").seal('[0, ""]', query=["events", "even", "0", "~", "True"])
    service.refused(cursor=position, type="even")
    for at in range(len(cursor)):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        service.refused(cursor=changed, **query)
    other_stack = Service(service.engine, key="another stack")
    other_stack.refused(cursor=cursor, **query)


def test_events_that_arrive_meanwhile_move_no_page(service: Service) -> None:
    _, first, _ = service.get(limit="4", type="odd")
    ahead = an_event("same-00x", type="odd").recorded(at=SAME_TIME)
    behind = an_event("newest", type="odd").recorded(at="2026-12-24T00:00:00.000000Z")
    service.project(ahead, behind)
    _, second, _ = service.get(limit="4", type="odd", cursor=first["next_cursor"])
    ids = [event["id"] for page in (first, second) for event in page["events"]]
    expected = ["same-11", "same-09", "same-07", "same-05", "same-03", "same-01", "same-00x"]
    assert ids == expected


def test_a_walk_goes_on_in_the_next_generation(service: Service) -> None:
    _, first, _ = service.get(limit="5", type="even", order="asc")
    swap(service.engine)
    _, second, _ = service.get(limit="5", type="even", order="asc", cursor=first["next_cursor"])
    ids = [event["id"] for page in (first, second) for event in page["events"]]
    assert ids == [*(f"same-{number:02}" for number in range(0, 12, 2)), "last"]


def swap(engine: SearchEngine) -> None:
    """Copy every index into one of generation 2, and move the alias at once."""
    actions: list[dict[str, Any]] = []
    for old in engine.json("GET", f"/_alias/{ALIAS}"):
        new = old.replace(f"{ALIAS}-1-", f"{ALIAS}-2-")
        engine.json("PUT", f"/{new}", engine.json("GET", f"/{old}/_mapping")[old])
        copying = {"source": {"index": old}, "dest": {"index": new}}
        engine.json("POST", "/_reindex?refresh=true", copying)
        actions += [
            {"remove": {"index": old, "alias": ALIAS}},
            {"add": {"index": new, "alias": ALIAS}},
        ]
    engine.json("POST", "/_aliases", {"actions": actions})
