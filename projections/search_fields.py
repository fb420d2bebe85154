"""Names of the fields that a payload's scalars are indexed under: namespace, then path.

Invariant: two paths never share a name, whatever characters their keys hold; an array's elements
share their array's path.
"""

import re
from typing import Literal, NamedTuple

Namespace = Literal["keyword", "number", "boolean", "date"]

NAMESPACES: dict[Namespace, str] = {
    "keyword": "keyword",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
}
"""One namespace per kind of scalar → the type that OpenSearch keeps it as."""

MAX_NAME_CHARACTERS = 256
EMPTY_KEY = "%empty"
WRAPPED = "value"
"""What a payload that is no object is indexed under, as if it were an object of this one key."""

_BREAKS_A_NAME = re.compile(r"[%/.*\s\x00-\x1f\x7f-\x9f]")


class Field(NamedTuple):
    """A field of the document: `number.order/total` is `Field("number", "order/total")`."""

    namespace: Namespace
    name: str


def path_of(path: str, key: str) -> str:
    """The name of a member of the object at `path`, which is empty for the payload itself.

    Keys are joined by `/`. What would break a name is written as the `%` escapes of its UTF-8
    (RFC 3986, section 2.1), and an empty key as `%empty`.
    """
    if not key.isidentifier():
        key = _BREAKS_A_NAME.sub(_escaped, key) if key else EMPTY_KEY
    return f"{path}/{key}" if path else key


def by_precedence(field: Field) -> tuple[int, str, str]:
    """The sort key of which fields are taken first: the shallowest paths, then by name."""
    return field.name.count("/"), field.name, field.namespace


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
