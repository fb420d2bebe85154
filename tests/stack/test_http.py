"""HTTP through the gateway of the running stack, as a client sees it."""

import gzip
import json
import re
import uuid

from tests.stack.local_stack import LocalStack


def test_bodies_are_compressed_both_ways_and_bombs_are_refused(stack: LocalStack) -> None:
    id, text = str(uuid.uuid4()), "x" * 10_000
    body = gzip.compress(json.dumps({"id": id, "type": "zipped", "payload": text}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    created = stack.client.post("/events", content=body, headers=headers)
    assert (created.status_code, created.headers["Content-Encoding"]) == (201, "gzip")
    assert int(created.headers["Content-Length"]) < 1_000
    plain = stack.client.get(f"/events/{id}", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == created.json()
    bomb = gzip.compress(bytes(50_000_000))
    refused = stack.client.post("/events", content=bomb, headers=headers)
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    unzipped = stack.client.post("/events", content=b"{}", headers=headers)
    assert unzipped.status_code == 415


def test_head_options_and_other_methods(stack: LocalStack) -> None:
    created = stack.post({"id": str(uuid.uuid4()), "type": "t", "payload": 1})
    place = created.headers["Location"]
    alone, whole = stack.client.head(place), stack.client.get(place)
    assert (alone.status_code, alone.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Cache-Control", "Content-Length", "Vary"):
        assert alone.headers[name] == whole.headers[name]
    assert stack.client.head("/events/nobody-knows").status_code == 404
    allowed = stack.client.options("/events")
    assert (allowed.status_code, allowed.headers["Allow"]) == (204, "POST, GET, HEAD, OPTIONS")
    refused = stack.client.delete(place)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_pages_have_the_same_methods(stack: LocalStack) -> None:
    whole = stack.client.get("/docs")
    script = re.findall(r'src="(docs/[^"]+)"', whole.text)[0]
    for page in ("/docs", f"/{script}", "/openapi.json", "/problems/conflict"):
        alone, whole = stack.client.head(page), stack.client.get(page)
        assert (alone.status_code, alone.content) == (200, b"")
        for name in ("ETag", "Content-Type", "Cache-Control", "Vary"):
            assert alone.headers[name] == whole.headers[name]
        allowed, refused = stack.client.options(page), stack.client.delete(page)
        assert (allowed.status_code, refused.status_code) == (204, 405)
        assert allowed.headers["Allow"] == refused.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert refused.json()["type"].endswith("/problems/method-not-allowed")
    assert stack.client.head("/problems/none").status_code == 404


def test_a_problem_names_its_page_and_the_request(stack: LocalStack) -> None:
    answer = stack.client.get("/events", params={"type": "t", "limit": "0"})
    problem = answer.json()
    assert problem["type"] == f"{str(stack.client.base_url).rstrip('/')}/problems/bad-request"
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-amzn-RequestId']}"
