"""The fields that every event's document may have, as its index maps them."""

from typing import Any

PROPERTIES: dict[str, Any] = {
    "@timestamp": {"type": "date"},
    "event": {
        "properties": {
            "id": {"type": "keyword"},
            "action": {"type": "keyword"},
            "created": {"type": "date_nanos"},
            "hash": {"type": "keyword"},
            "original": {"type": "keyword", "index": False, "doc_values": False},
        }
    },
    "source": {"type": "keyword"},
    "subject": {"type": "keyword"},
    "labels": {
        "properties": {"correlation_id": {"type": "keyword"}, "causation_id": {"type": "keyword"}}
    },
    "trace": {"properties": {"id": {"type": "keyword"}}},
    "span": {"properties": {"id": {"type": "keyword"}}},
    "user": {"properties": {"id": {"type": "keyword"}}},
    "payload": {"type": "flat_object"},
    "text": {"type": "text"},
    "degraded": {"type": "keyword"},
}
