"""What GET /search makes of OpenSearch's answers that are no page, and of large pages."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.cursor import Cursors
from api.page import MAX_PAGE_BYTES
from api.search import SearchNotSetUpError, build
from projections.opensearch import Answer, OpenSearchUnavailableError
from tests.requests import PROBLEMS, get
from tests.telemetry import CONTEXT, Told

NO_ALIAS = {"error": {"type": "index_not_found_exception", "resource.id": "events-search"}}
NO_INDEX = {"error": {"type": "index_not_found_exception", "resource.id": "events-search-1-2026.1"}}
REFUSAL = {"error": {"type": "too_many_clauses", "reason": "secret"}}


@dataclass
class Answering:
    """An OpenSearch that gives the same answer to everything, or none."""

    status: int = 200
    body: bytes = b""
    fault: Exception | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        self.asked.append({"path": path, "patience": timeout, **json.loads(body or b"{}")})
        if self.fault is not None:
            raise self.fault
        return Answer(self.status, self.body)


def found(*texts: str, timed_out: bool = False, failed: int = 0) -> bytes:
    hits = [{"_source": {"event": {"original": t}}, "sort": [n, "id"]} for n, t in enumerate(texts)]
    shards = {"failed": failed}
    return json.dumps({"timed_out": timed_out, "_shards": shards, "hits": {"hits": hits}}).encode()


def answered(opensearch: Answering, **query: Any) -> tuple[int, Any, dict[str, str]]:
    handler = build(opensearch=opensearch, cursors=Cursors("key"), telemetry=Told().telemetry)
    response = handler(get("/search", **query), CONTEXT)
    return response["statusCode"], json.loads(response["body"]), response["headers"]


@pytest.mark.parametrize(
    "opensearch",
    [
        Answering(fault=OpenSearchUnavailableError("timed out")),
        Answering(429, b"{}"),
        Answering(503, b"<html>"),
        Answering(500, b'{"error": "text"}'),
        Answering(404, json.dumps(NO_INDEX).encode()),
        Answering(200, found("{}", timed_out=True)),
        Answering(200, found("{}", failed=1)),
    ],
)
def test_a_page_that_is_not_whole_is_none_and_may_be_asked_for_again(opensearch: Answering) -> None:
    status, problem, headers = answered(opensearch)
    assert (status, headers["Retry-After"]) == (503, "1")
    assert problem["type"] == f"{PROBLEMS}/search-unavailable"


def test_what_opensearch_refuses_is_a_bad_request_that_tells_the_kind_alone() -> None:
    status, problem, _ = answered(Answering(400, json.dumps(REFUSAL).encode()))
    assert (status, problem["type"]) == (400, f"{PROBLEMS}/bad-request")
    assert "too_many_clauses" in problem["detail"]
    assert "secret" not in problem["detail"]


def test_a_search_that_is_not_permitted_is_for_the_operator() -> None:
    with pytest.raises(SearchNotSetUpError, match="with 403"):
        answered(Answering(403, b"{}"))


def test_before_the_first_event_there_is_an_empty_page() -> None:
    opensearch = Answering(404, json.dumps(NO_ALIAS).encode())
    assert answered(opensearch)[:2] == (200, {"events": [], "next_cursor": None})


def test_every_search_is_bounded_in_time_and_counts_nothing() -> None:
    opensearch = Answering(200, found())
    answered(opensearch, limit="100")
    [asked] = opensearch.asked
    assert (asked["path"], asked["size"], asked["timeout"]) == (
        "/events-search/_search",
        101,
        "10s",
    )
    assert asked["track_total_hits"] is False


def test_a_page_ends_early_under_lambdas_limit_and_goes_on_behind_its_last_event() -> None:
    large = json.dumps({"payload": '"' * (MAX_PAGE_BYTES // 10)})  # each mark becomes 4 in the end
    opensearch = Answering(200, found(large, large, large))
    _, page, _ = answered(opensearch)
    assert len(page["events"]) == 2
    answered(opensearch, cursor=page["next_cursor"])
    assert opensearch.asked[-1]["search_after"] == [1, "id"]


def test_an_event_that_is_larger_than_a_page_is_given_alone() -> None:
    larger = json.dumps({"payload": "x" * MAX_PAGE_BYTES})
    _, page, _ = answered(Answering(200, found(larger, larger)))
    assert len(page["events"]) == 1
