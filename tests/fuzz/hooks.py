"""What a description says and OpenAPI cannot: the rules between parameters, for the fuzzer.

Invariant: a request that is meant to be legal is made legal; one that is meant to break a rule of
the document is left as it is.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext

from api.http import CLOUD_EVENT, CLOUD_EVENTS, NDJSON
from domain.timestamps import to_utc

_LISTING = "type", "from", "to", "order", "limit"


@schemathesis.serializer(NDJSON)
def lines(context: Any, value: Any) -> bytes:
    """Lines are a text in the document; they are sent as they are."""
    return str(value).encode()


@schemathesis.deserializer(NDJSON)
def text(context: Any, response: Any) -> str:
    """Lines that were answered are a text again."""
    return str(response.text)


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """What is wrong with a CloudEvent, the tests of CloudEvents say, by the specification's rules.

    Its schema here allows less than the specification, so a breach of it may well be legal.
    """
    is_positive = case.meta is None or case.meta.generation.mode.is_positive
    if case.media_type == NDJSON and not isinstance(case.body, str):
        return False  # a body is a text always: 0 would be the line "0"
    return is_positive or case.media_type not in {CLOUD_EVENT, CLOUD_EVENTS}


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
    """What is made of the document's own examples, each of which is one of a parameter alone."""
    examples[:] = [map_case(context, case) for case in examples]


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """A legal request obeys the rules between its parameters, too."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    query: dict[str, Any] = dict(case.query or {})
    query.pop("cursor", None)  # it comes from an answer; links put it in
    if "to" in query and "from" in query and not _in_order(query):
        del query["to"]
    if case.operation.label in {"GET /events", "HEAD /events"}:
        query = _one_or_listed(query)
    if query != (case.query or {}):
        case.query = query
    if case.media_type in {CLOUD_EVENT, CLOUD_EVENTS}:
        case.body = _with_integers(case.body)
    is_one = case.media_type != NDJSON and not isinstance(case.body, list)
    if not is_one and case.headers and "Idempotency-Key" in case.headers:
        del case.headers["Idempotency-Key"]  # it is the id of one event
    return case


def _with_integers(body: Any) -> Any:
    """CloudEvents has integers alone, and JSON Schema takes 1.0 for one, too."""
    if isinstance(body, list):
        return [_with_integers(item) for item in body]
    if not isinstance(body, dict):
        return body
    kept = {"data", "data_base64"}
    return {n: int(v) if isinstance(v, float) and n not in kept else v for n, v in body.items()}


def _in_order(query: dict[str, Any]) -> bool:
    try:
        return to_utc(str(query["from"])) <= to_utc(str(query["to"]))
    except ValueError:
        return True  # whatever is wrong with them, it is not their order


def _one_or_listed(query: dict[str, Any]) -> dict[str, Any]:
    """Either an id, perhaps with its source, or a listing of a type."""
    if "id" in query:
        return {name: value for name, value in query.items() if name in {"id", "source"}}
    return {"type": "order.placed"} | {n: v for n, v in query.items() if n in _LISTING}
