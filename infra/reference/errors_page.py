"""docs/reference/errors.md: each kind of problem, when it is answered, and what to do then.

Invariant: it says what `GET /problems/{kind}` says.
"""

import json
from collections.abc import Iterator

from api.problems import TITLES
from infra.openapi.problems import EXPLAINED

HEAD = """# Errors

<!-- Written by `python -m infra.reference`. -->

An error is a problem document (RFC 9457), `application/problem+json`, whose `type` leads to a page
of the API itself that says the same as here: `GET /problems/KIND`. Its last segment is the kind; it
never changes. What API Gateway answers itself has the type `about:blank` and
[its own rows](../reference.md#problems).
"""


_ADDRESS = "https://events.example.com"


def errors_page() -> str:
    """The page's text."""
    return "\n".join([HEAD, *(line for kind in TITLES for line in _problem(kind))])


def _problem(kind: str) -> Iterator[str]:
    status, title = TITLES[kind]
    explained = EXPLAINED[kind]
    said = f"**{status}, {title[0].lower()}{title[1:]}**: {explained.when}."
    yield from (f"## {kind}", "", said, "", explained.remedy, "", "```json")
    document = explained.example.document(_ADDRESS)
    yield from (json.dumps(document, indent=2, ensure_ascii=False), "```", "")
