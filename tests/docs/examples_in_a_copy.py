"""What the worked examples of docs/contributing add, tried within a copy of the code that has them.

Run there, as a process of its own: `python -m tests.docs.examples_in_a_copy`.
"""

import json
from importlib import import_module
from typing import Any

from api.client.posting import EventFields
from api.read import build as read
from api.routes import ROUTES
from api.write import build as write
from domain.event import Event
from domain.memory_log import MemoryLog
from infra.openapi.operations import OPERATIONS
from infra.operate_cli import Name
from infra.stage_projections import projections_of  # noqa: F401  # with all that it imports
from tests.docs.contributing import EVENT
from tests.requests import get, post
from tests.telemetry import CONTEXT, Told


class Client:
    """Takes the rows that are put."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def put_item(self, *, TableName: str, Item: Any) -> None:  # noqa: N803  # boto3's names
        self.rows.append(Item)


def main() -> None:
    """The field comes back, the route answers as the document says, the projection projects."""
    log, telemetry = MemoryLog(), Told().telemetry
    created = write(log=log, telemetry=telemetry)(post(json.dumps(EVENT)), CONTEXT)
    assert json.loads(created["body"])["tenant"] == "acme"
    assert "tenant" in EventFields.__annotations__
    unused: Any = None
    reading = read(log=log, listing=unused, cursors=unused, telemetry=telemetry)
    found = reading(get("/events/{id}", id="e1"), CONTEXT)
    assert found["body"] == created["body"]

    limits = json.loads(reading(get("/limits"), CONTEXT)["body"])
    assert limits["characters"]["tenant"] == 64
    assert ("GET", "/limits") in OPERATIONS.keys() & {(one.method, one.path) for one in ROUTES}

    by_subject = import_module("projections.by_subject")  # in the copy alone
    client, event = Client(), log.get("e1")
    assert isinstance(event, Event)
    assert by_subject.BySubjectProjection(client, table="t").project([event, event]) == []
    assert [row["pk"]["S"] for row in client.rows] == ["cup", "cup"]
    assert "by-subject" in list(Name)


if __name__ == "__main__":
    main()
