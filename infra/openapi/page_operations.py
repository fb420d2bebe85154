"""The API's own document and pages in the document."""

from collections.abc import Mapping
from typing import Any

from api.http import JSON
from infra.openapi.answers import Answer
from infra.openapi.operation import Operation
from infra.openapi.page_files import CSS, HTML, MARKDOWN, SCRIPT, TEXT
from infra.openapi.problems import EXPLAINED

_KEPT = ("ETag", "Cache-Control")
_MISSING = ("no-such-page",)
_SAME = Answer(description="The caller has it already.", always=_KEPT)


def _page(
    id: str,
    summary: str,
    *,
    media_types: tuple[str, ...],
    schema: Mapping[str, Any],
    examples: Mapping[str, Any],
    path_parameter: tuple[str, Mapping[str, Any], str] | None = None,
) -> Operation:
    """A page; `path_parameter` has the name, the schema and an example of what chooses it."""
    plain = tuple(one.partition(";")[0] for one in media_types)
    found = Answer(
        description=f"{summary}.",
        schema=schema,
        media_types=plain,
        always=_KEPT,
        examples=examples,
    )
    parameters = []
    if path_parameter:
        name, rule, example = path_parameter
        one = {"name": name, "in": "path", "required": True, "schema": rule, "example": example}
        parameters.append(one)
    return Operation(
        id=id,
        summary=summary,
        description="Made when the API was deployed; compressed where the client takes gzip.",
        parameters=parameters,
        answers={200: found, 304: _SAME},
        problems=_MISSING if path_parameter else (),
    )


_TEXT = {"type": "string"}
GET_DOCUMENT = _page(
    "getDocument",
    "This document",
    media_types=(JSON,),
    schema={
        "type": "object",
        "properties": {"openapi": {"type": "string"}},
        "required": ["openapi"],
    },
    examples={"its-beginning": {"openapi": "3.1.1"}},
)
GET_DOCS = _page(
    "getDocs",
    "A page to read this document and try the API",
    media_types=(HTML,),
    schema=_TEXT,
    examples={"its-beginning": "<!doctype html>"},
)
GET_ASSET = _page(
    "getDocsAsset",
    "A file of that page",
    media_types=(SCRIPT, CSS, TEXT),
    schema=_TEXT,
    examples={"its-beginning": "/*"},
    path_parameter=("asset", {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"}, "docs.js"),
)
GET_PROBLEM = _page(
    "getProblem",
    "What a kind of problem means, and what to do",
    media_types=(HTML, MARKDOWN),
    schema=_TEXT,
    examples={"its-beginning": "# Another event has this id"},
    path_parameter=("kind", {"enum": list(EXPLAINED)}, "conflict"),
)
