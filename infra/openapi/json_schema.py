"""The words of JSON Schema that the document's parts share.

https://spec.openapis.org/oas/v3.1.1.html#schema-object
"""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A schema by its name in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


LINES: Schema = {
    "type": "string",
    "pattern": r"[^ \t\r\n]",
    "description": "One JSON object a line; blank lines count for nothing.",
}


def closed_object(
    properties: Mapping[str, Any], *, required: list[str] | None = None, description: str = ""
) -> Schema:
    """An object that has no other members than these; all are required unless some are named."""
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": dict(properties),
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
