"""A stand-in for DynamoDB that answers at once and always alike: what is measured is its client.

Invariant: what was put is what is got. It checks nothing and is for counting its client's
instructions alone; whatever depends on DynamoDB's behaviour is measured on the engine.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_NAMES = re.compile("'([^']+)'[ ]*:[ ]*[?]")
Item = dict[str, Any]


class EngineStub:
    """Items by id and rows of one listing, behind the operations that apps call."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.rows: list[Item] = []

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What DynamoDB would answer."""
        operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "PutItem": lambda asked: self._put(asked["Item"]),
            "GetItem": self._get,
            "ExecuteStatement": self._insert,
            "BatchExecuteStatement": self._insert_many,
            "BatchWriteItem": lambda _: {"UnprocessedItems": {}},
            "Query": self._query,
        }
        return operations[operation](asked)

    def _put(self, item: Item) -> dict[str, Any]:
        self.items[item["id"]["S"]] = item
        return {}

    def _get(self, asked: dict[str, Any]) -> dict[str, Any]:
        item = self.items.get(asked["Key"]["id"]["S"])
        return {} if item is None else {"Item": item}

    def _insert(self, asked: dict[str, Any]) -> dict[str, Any]:
        names = _NAMES.findall(asked["Statement"])
        self._put(dict(zip(names, asked["Parameters"], strict=True)))
        return {"Items": []}

    def _insert_many(self, asked: dict[str, Any]) -> dict[str, Any]:
        for statement in asked["Statements"]:
            self._insert(statement)
        return {"Responses": [{"TableName": "events"} for _ in asked["Statements"]]}

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        limit = asked["Limit"]
        partition = asked["ExpressionAttributeValues"][":pk"]["S"]
        rows = [row for row in self.rows if row["pk"]["S"] == partition]
        more = {"LastEvaluatedKey": _key(rows[limit - 1])} if len(rows) > limit else {}
        return {"Items": rows[:limit], "Count": len(rows[:limit]), **more}


def _key(row: Item) -> Item:
    return {name: row[name] for name in ("pk", "sk")}


@contextmanager
def engine_stub() -> Iterator[tuple[EngineStub, str]]:
    """A stub that serves, and its address."""
    stub = EngineStub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one write an answer, so that its reader reads once

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            body = json.dumps(stub.answer(operation, asked)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amzn-RequestId", "0" * 52)
            self.send_header("x-amz-crc32", str(zlib.crc32(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: the bench's own output is the result."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield stub, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
