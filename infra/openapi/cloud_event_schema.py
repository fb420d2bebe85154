"""A CloudEvent in the JSON event format, as the API takes and gives it.

https://github.com/cloudevents/spec/blob/ce%40v1.0.2/cloudevents/formats/cloudevents.json
"""

from api.cloud_attributes import OPTIONAL, REQUIRED, SPECVERSION
from domain.event import MAX_CHARACTERS
from infra.openapi.json_schema import Schema

_TEXT = r"^[^\u0000-\u001F\u007F-\u009F\uFDD0-\uFDEF\uFFFE\uFFFF]+$"
_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_RULES: dict[str, Schema] = {
    "specversion": {"const": SPECVERSION},
    "source": {"format": "uri-reference"},
    "time": {"format": "date-time"},
    "datacontenttype": {"pattern": "^[a-z0-9.+-]+/[a-z0-9.+-]+$"},
    "dataschema": {"format": "uri"},
}


def cloud_event() -> Schema:
    """Its attributes and its data; any other name is an extension attribute's."""
    return {
        "type": "object",
        "description": "A CloudEvent 1.0.2. Other members are extension attributes.",
        "properties": {
            **{name: _attribute(name) for name in (*REQUIRED, *OPTIONAL)},
            "data": {"description": "Any JSON value; text where `datacontenttype` is not JSON."},
            "data_base64": {"type": "string", "pattern": _BASE64},
        },
        "required": list(REQUIRED),
        "not": {"properties": {"data": {}, "data_base64": {}}, "required": ["data", "data_base64"]},
        "if": {"properties": {"datacontenttype": {"pattern": "[/+]json$"}}},
        "else": {"properties": {"data": {"type": "string"}}},
        "propertyNames": {"pattern": "^([a-z0-9]+|data_base64)$"},
        "additionalProperties": {
            "anyOf": [
                {"type": "string", "pattern": _TEXT},
                {"type": "boolean"},
                {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
            ]
        },
    }


def _attribute(name: str) -> Schema:
    longest = MAX_CHARACTERS.get(name, MAX_CHARACTERS["source"])
    rules: Schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return rules | _RULES.get(name, {"pattern": _TEXT})
