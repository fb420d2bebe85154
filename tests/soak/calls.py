"""A worker's AWS call on its way out: which events it is about, and how to send a part of it.

Invariant: what `send` sends reaches the real engine; what is left out never does.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast
from urllib.parse import unquote

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.httpsession import URLLib3Session

from projections.by_type_rows import TYPES_PARTITION, id_of_row

_session = URLLib3Session()


class _Raw(BytesIO):
    """A body in the shape that botocore reads."""

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


@dataclass(frozen=True)
class Call:
    """One call: the operation, the request, and its decoded body where that is JSON."""

    operation: str
    request: AWSPreparedRequest
    body: dict[str, Any]

    @classmethod
    def of(cls, operation: str, request: AWSPreparedRequest) -> "Call":
        """From botocore's request."""
        body = {} if operation == "PutObject" else json.loads(cast("bytes", request.body))
        return cls(operation, request, body)

    @property
    def ids(self) -> tuple[str, ...]:
        """The events that the call writes."""
        match self.operation:
            case "BatchWriteItem":
                return _ids_of(self.puts)
            case "BatchExecuteStatement":
                return tuple(one["Parameters"][0]["S"] for one in self.body["Statements"])
            case "ExecuteStatement":
                return (self.body["Parameters"][0]["S"],)
            case "PutObject":
                return (unquote(unquote(self.request.url.rsplit("/", 2)[-2])),)
        return ()

    @property
    def puts(self) -> list[dict[str, Any]]:
        """The requests of a BatchWriteItem."""
        [puts] = self.body["RequestItems"].values()
        return list(puts)

    @property
    def parts(self) -> int:
        """Into how many writes the call can be cut."""
        match self.operation:
            case "BatchWriteItem":
                return len(self.puts)
            case "BatchExecuteStatement":
                return len(self.body["Statements"])
        return 1

    def send(self) -> AWSResponse:
        """Send it as it is."""
        return _session.send(self.request)

    def send_only(self, parts: slice) -> AWSResponse:
        """Send some of its writes."""
        body = dict(self.body)
        if self.operation == "BatchWriteItem":
            [table] = body["RequestItems"]
            body["RequestItems"] = {table: self.puts[parts]}
        else:
            body["Statements"] = body["Statements"][parts]
        text = json.dumps(body).encode()
        given = self.request
        headers: Any = HeadersDict(given.headers)
        headers["Content-Length"] = str(len(text))
        request = AWSPreparedRequest(given.method, given.url, headers, text, given.stream_output)
        return _session.send(request)

    def taken(self, answer: AWSResponse) -> set[str]:
        """The events whose rows the table took, by its answer to a BatchWriteItem."""
        if answer.status_code != 200:
            return set()
        [left] = json.loads(answer.content)["UnprocessedItems"].values() or [[]]
        return set(self.ids) - set(_ids_of(left))

    def answer(self, status: int, content: dict[str, Any] | str) -> AWSResponse:
        """An answer that the service never gave: a JSON object, or S3's XML."""
        text = content if isinstance(content, str) else json.dumps(content)
        return AWSResponse(self.request.url, status, cast("Any", {}), _Raw(text.encode()))

    def error(self, status: int, code: str) -> AWSResponse:
        """The service's own form of an error."""
        if self.operation == "PutObject":
            return self.answer(status, f"<Error><Code>{code}</Code><Message>soak</Message></Error>")
        return self.answer(status, {"__type": f"soak#{code}", "message": f"{code} by the soak"})


def _ids_of(puts: list[dict[str, Any]]) -> tuple[str, ...]:
    items = [request["PutRequest"]["Item"] for request in puts]
    return tuple(id_of_row(item) for item in items if item["pk"]["S"] != TYPES_PARTITION)
