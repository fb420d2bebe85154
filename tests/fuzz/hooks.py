"""What a description says and OpenAPI cannot: the rules between parameters, for the fuzzer.

Invariant: a request that is meant to be legal is made legal; one that is meant to break a rule of
the document is left as it is.
"""

import json
from typing import Any
from urllib.parse import urlencode

import schemathesis
from schemathesis import Case, HookContext

from api.http import CLOUD_EVENT, CLOUD_EVENTS, NDJSON
from tests.fuzz import tally
from tests.fuzz.query_rules import OF_ONE, obeying

_QUERY_BYTES = 8_000
"""Of 10,240 for a request's line and headers together, as API Gateway's quotas have it."""

_KEPT_CHARACTERS = 50


@schemathesis.serializer(NDJSON)
def lines(context: Any, value: Any) -> bytes:
    """Lines are a text in the document; they are sent as they are."""
    return str(value).encode()


@schemathesis.deserializer(NDJSON)
def text(context: Any, response: Any) -> str:
    """Lines that were answered are a text again."""
    return str(response.text)


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Any) -> None:
    """Every request that was answered counts."""
    tally.note(f"{case.method.upper()} {case.operation.path}", response.status_code)


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """What no client could send is made what one could, also where links have put it together.

    An object as a body of lines is the line that it is, and a query that API Gateway would not
    take is cut: what it answers then it does not say, and the API is not asked.
    """
    if case.media_type == NDJSON and isinstance(case.body, dict | list):
        case.body = json.dumps(case.body)
    query: dict[str, Any] = dict(case.query or {})
    if _is_legal(case) and {"id", "type"} <= query.keys():  # a link named the type beside an id
        case.query = query = {name: one for name, one in query.items() if name not in OF_ONE}
    if len(urlencode(query, doseq=True)) > _QUERY_BYTES:  # it may be a legal one when it is cut
        case.query = obeying(
            {name: _cut(value) for name, value in query.items()}, case.operation.path
        )


@schemathesis.hook
def filter_case(context: HookContext, case: Case[Any]) -> bool:
    """What is wrong with a CloudEvent, the tests of CloudEvents say, by the specification's rules.

    Its schema here allows less than the specification, so a breach of it may well be legal.
    """
    if case.media_type == NDJSON and not isinstance(case.body, str):
        return False  # a body is a text always: 0 would be the line "0"
    return (
        case.meta is None or _is_legal(case) or case.media_type not in {CLOUD_EVENT, CLOUD_EVENTS}
    )


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case[Any]]) -> None:
    """What is made of the document's own examples, each of which is one of a parameter alone."""
    examples[:] = [map_case(context, case) for case in examples]


@schemathesis.hook
def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
    """A legal request obeys the rules between its parameters, too."""
    if not _is_legal(case):
        return case
    if case.operation.method.upper() != "POST":
        query = obeying(dict(case.query or {}), case.operation.path)
        if query != (case.query or {}):
            case.query = query
    if case.media_type in {CLOUD_EVENT, CLOUD_EVENTS}:
        case.body = _with_integers(case.body)
    is_one = case.media_type != NDJSON and not isinstance(case.body, list)
    if not is_one and case.headers and "Idempotency-Key" in case.headers:
        del case.headers["Idempotency-Key"]  # it is the id of one event
    return case


def _is_legal(case: Case[Any]) -> bool:
    """Whether the request is meant to be."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return [_cut(item) for item in value[:10]]
    return value[:_KEPT_CHARACTERS] if isinstance(value, str) else value


def _with_integers(body: Any) -> Any:
    """CloudEvents has integers alone, and JSON Schema takes 1.0 for one, too."""
    if isinstance(body, list):
        return [_with_integers(item) for item in body]
    if not isinstance(body, dict):
        return body
    kept = {"data", "data_base64"}
    return {n: int(v) if isinstance(v, float) and n not in kept else v for n, v in body.items()}
