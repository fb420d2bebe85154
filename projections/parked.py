"""Lists what is parked and sends it through its projection again.

Invariant: a redrive removes an object only after every record in it is projected, so that it may be
cut off, repeated, or run twice at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from domain.errors import UnreadableItemError
from domain.event import Event
from projections.parking_keys import LAMBDA_PREFIX, PREFIX
from projections.stream import Project, RawRecord, read_record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PARALLEL = 16

Answer = TypeVar("Answer")


class NotParkedError(Exception):
    """Nothing is parked under the key."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"nothing is parked as {key}")


@dataclass(frozen=True, slots=True)
class Parked:
    """One object of the parking bucket; `parked_at` is UTC, RFC 3339."""

    key: str
    projection: str
    reason: str
    parked_at: str
    records: list[RawRecord]


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one object: `kept` says why it is still parked, None if it is removed."""

    parked: Parked
    kept: str | None


class ParkingLot:
    """The parking bucket, as the operator's commands see it.

    `mappings` has the projection that each event source mapping feeds, by the mapping's UUID.
    Memory holds 16 objects at a time, however many are parked.
    """

    def __init__(self, client: S3Client, *, bucket: str, mappings: Mapping[str, str]) -> None:
        self._client = client
        self._bucket = bucket
        self._mappings = mappings

    def read(self, key: str) -> Parked:
        """One parked object of either kind.

        Raises:
            NotParkedError: there is none with this key.
        """
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey as error:
            raise NotParkedError(key) from error
        document: dict[str, Any] = json.loads(answer["Body"].read())
        if key.startswith(LAMBDA_PREFIX):
            return self._given_up_by_lambda(key, document)
        return Parked(
            key,
            document["projection"],
            document["reason"],
            document["parked_at"],
            [document["record"]],
        )

    def discard(self, key: str) -> Parked:
        """Remove an object whatever is in it; gives back what it was.

        Raises:
            NotParkedError: there is none with this key.
        """
        parked = self.read(key)
        self._client.delete_object(Bucket=self._bucket, Key=key)
        return parked

    def all(self, projection: str | None = None) -> Iterator[Parked]:
        """Every parked object, or those of one projection, lazily."""
        objects = self._each(self._read_if_there, self.keys(projection))
        return (parked for parked in objects if parked is not None)

    def count(self, projection: str) -> int:
        """How many objects of a projection are parked."""
        return sum(1 for _ in self.keys(projection))

    def redrive(self, projection: str, project: Project) -> Iterator[Redriven]:
        """Project the records of each object of a projection; remove those that are projected.

        Raises, from the iteration:
            ClientError: a fault that is not about a record, such as a missing permission.
        """
        return self._each(lambda parked: self._redrive(parked, project), self.all(projection))

    def _redrive(self, parked: Parked, project: Project) -> Redriven:
        """One that stays keeps no other record of its object from being projected."""
        events: list[Event] = []
        left: list[str] = []
        for record in parked.records:
            try:
                events.append(read_record(record))
            except UnreadableItemError as error:
                left.append(str(error))
        left += [refused.reason for refused in project(events)]
        if left:
            return Redriven(parked, left[0])
        self._client.delete_object(Bucket=self._bucket, Key=parked.key)
        return Redriven(parked, None)

    def keys(self, projection: str | None = None) -> Iterator[str]:
        """The key of every parked object, or of those of one projection, lazily."""
        pages = self._client.get_paginator("list_objects_v2")
        for prefix in self._prefixes(projection):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (found["Key"] for found in page.get("Contents", []))

    def _prefixes(self, projection: str | None) -> list[str]:
        """Where the objects are that a projector has parked, and those that Lambda has."""
        if projection is None:
            return [f"{PREFIX}/", LAMBDA_PREFIX]
        mappings = [mapping for mapping, fed in self._mappings.items() if fed == projection]
        return [f"{PREFIX}/{projection}/", *(f"{LAMBDA_PREFIX}{one}/" for one in mappings)]

    def _read_if_there(self, key: str) -> Parked | None:
        try:
            return self.read(key)
        except NotParkedError:  # another redrive has just removed it
            return None

    def _each(self, work: Callable[[Any], Answer], items: Iterator[Any]) -> Iterator[Answer]:
        with ThreadPoolExecutor(_PARALLEL) as threads:
            while some := list(islice(items, _PARALLEL)):
                yield from threads.map(work, some)

    def _given_up_by_lambda(self, key: str, document: dict[str, Any]) -> Parked:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"""
        payload = document["payload"]
        # The guide shows the invocation's event as escaped text; an object has been seen too.
        event: dict[str, Any] = json.loads(payload) if isinstance(payload, str) else payload
        mapping = key.removeprefix(LAMBDA_PREFIX).partition("/")[0]
        return Parked(
            key,
            self._mappings.get(mapping, mapping),
            document["requestContext"]["condition"],
            document["timestamp"],
            event["Records"],
        )
