"""docs/reference/api.md: every route, and the fields of an event.

Invariant: all of it is what the API's OpenAPI document says.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from api.problems import CONTENT_TYPE
from infra.openapi.answers import REQUEST_ID
from infra.openapi.document import document
from infra.settings import load

HEAD = """# API

<!-- Written by `python -m infra.reference`. -->

The routes as a stage has them whose callers sign. [Reference](../reference.md) explains what
several of them share: media types, CloudEvents, search, signing; [Errors](errors.md) has each
problem. `HEAD` gives the headers of what each `GET` gives. The same as OpenAPI 3.1 is
at `/openapi.json` of a stage, and at `/docs` to be tried.
"""
_FORMATS = {"date-time": "RFC 3339", "uri-reference": "a URI reference"}
Part = Mapping[str, Any]


def api_page() -> str:
    """The page's text."""
    described = document(load(stage="staging", environ={}))
    lines = [HEAD]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method == "head":  # which says nothing of its own
                continue
            lines += _operation(f"{method.upper()} {path}", operation)
    schemas = described["components"]["schemas"]
    return "\n".join([*lines, *_fields(schemas["Event"], schemas["NewEvent"])]) + "\n"


def _operation(route: str, operation: Part) -> Iterator[str]:
    yield from (f"## {route}", "", f"**{operation['summary']}.** {operation['description']}", "")
    if parameters := operation.get("parameters"):
        yield from ("| parameter | in | rule | meaning |", "|---|---|---|---|")
        yield from (
            _row(f"`{one['name']}`", one["in"], _rule(one["schema"]), one.get("description", ""))
            for one in parameters
        )
        yield ""
    if body := operation.get("requestBody"):
        yield from (f"The body is {_either(body['content'])}.", "")
    yield from ("| status | when | media types | headers |", "|---|---|---|---|")
    problems = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        if CONTENT_TYPE in content:
            problems.append(status)
            continue
        headers = (f"`{name}`" for name in answer["headers"] if name != REQUEST_ID)
        yield _row(status, answer["description"], _either(content), ", ".join(headers))
    yield from ("", f"Problems: {', '.join(problems)}.", "")


def _fields(event: Part, sent: Part) -> Iterator[str]:
    yield from ("## Event", "", event["description"], "")
    yield from ("| field | set by | rule | meaning |", "|---|---|---|---|")
    for name, schema in event["properties"].items():
        optional = "" if name in sent["required"] else ", optional"
        by = f"producer{optional}" if name in sent["properties"] else "the log"
        yield _row(f"`{name}`", by, _rule(schema), schema.get("description", ""))


def _rule(schema: Part) -> str:
    """What a value has to be, in words."""
    if "enum" in schema:
        said = [" or ".join(f"`{value}`" for value in schema["enum"])]
    else:
        said = [
            *_range(schema.get("minLength"), schema.get("maxLength"), " characters"),
            *_range(schema.get("minimum"), schema.get("maximum"), ""),
        ]
    if "format" in schema:
        said.append(_FORMATS[schema["format"]])
    if "default" in schema:
        said.append(f"`{schema['default']}` if left out")
    return ", ".join(said)


def _range(low: int | None, high: int | None, unit: str) -> Iterator[str]:
    if high is not None:
        yield f"{low or 0} to {high}{unit}"
    elif low:
        yield "not empty"


def _either(content: Part) -> str:
    return " or ".join(f"`{media}`" for media in content)


def _row(*cells: str) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
