"""Fills a table on the local engine as fast as that takes items: without what a client costs.

Invariant: for DynamoDB Local alone, which checks that a request is signed, but not the signature.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

_PUTS_PER_CALL = 25
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261123/eu-central-1/dynamodb/"
    "aws4_request, SignedHeaders=host, Signature=0",
}

WireItem = dict[str, Any]


class NotLoadedError(Exception):
    """The engine refused items."""


def load(address: str, table: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Put all items, no two of which have one key.

    Raises:
        NotLoadedError: the engine answers anything but that it took them.
    """
    connection = HTTPConnection(urlsplit(address).netloc)
    left = iter(items)
    while puts := [{"PutRequest": {"Item": wire(item)}} for item in islice(left, _PUTS_PER_CALL)]:
        body = json.dumps({"RequestItems": {table: puts}})
        connection.request("POST", "/", body, _HEADERS)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200 or json.loads(told)["UnprocessedItems"]:
            raise NotLoadedError(told.decode())
    connection.close()


def wire(item: Mapping[str, Any]) -> WireItem:
    """An item as it goes over the wire: bytes in base64."""
    return {
        name: {"B": b64encode(value["B"]).decode()} if "B" in value else dict(value)
        for name, value in item.items()
    }
