"""What is there in the end: in the log, in the projection, in the parking bucket, in the listings.

Invariant: read from the services themselves, and the listings through the API as a reader would.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.errors import UnreadableItemError
from domain.event import Event
from domain.item import event_of
from infra.deployed_stage import DeployedStage
from infra.parked_command import parking_lot
from projections.by_type_rows import TYPES_PARTITION, id_of_row

_PAGE = 500


@dataclass(frozen=True)
class ParkedRecord:
    """One parked stream record: the event's id, and what the object says."""

    id: str
    reason: str
    key: str
    parked_at: str


@dataclass
class Stored:
    """The tables and the bucket at one moment."""

    events: dict[str, Event] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    rows: Counter[str] = field(default_factory=Counter)
    parked: list[ParkedRecord] = field(default_factory=list)

    @property
    def appended(self) -> set[str]:
        """Every id in the log's table."""
        return self.events.keys() | self.unreadable

    @property
    def parked_ids(self) -> set[str]:
        """Every id that is parked."""
        return {record.id for record in self.parked}


def read_stored(stage: DeployedStage) -> Stored:
    """Everything, whole: a soak's log fits into memory."""
    stored = Stored()
    with closing(stage.client("dynamodb")) as client:
        for item in _items(client, stage.log_table):
            try:
                event = event_of(item)
                stored.events[event.id] = event
            except UnreadableItemError:
                stored.unreadable.add(item["id"]["S"])
        for item in _items(client, stage.by_type_table):
            if item["pk"]["S"] != TYPES_PARTITION:
                stored.rows[id_of_row(item)] += 1
    stored.parked = [
        ParkedRecord(
            record["dynamodb"]["Keys"]["id"]["S"], parked.reason, parked.key, parked.parked_at
        )
        for parked in parking_lot(stage).all()
        for record in parked.records
    ]
    return stored


def _items(client: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def walk(api: str) -> list[dict[str, Any]]:
    """Every event of every type, page by page through the API, type by type in order."""
    with httpx.Client(base_url=api, timeout=60) as client:
        types = [one["type"] for one in _pages(client, "/types", "types", {"limit": "100"})]
        return [
            event
            for type in types
            for event in _pages(client, "/events", "events", {"type": type, "limit": str(_PAGE)})
        ]


def _pages(
    client: httpx.Client, path: str, name: str, query: dict[str, str]
) -> Iterator[dict[str, Any]]:
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(path, params=query | cursor).raise_for_status().json()
        yield from answer[name]
        if answer["next_cursor"] is None:
            return
        cursor = {"cursor": answer["next_cursor"]}
