"""Lists what is parked and sends it through its projection again.

Invariant: an object is removed only after every record in it is projected, so a redrive may be
cut off or repeated at any point.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from projections.parking import LAMBDA_PREFIX, PREFIX
from projections.stream import Project, RawRecord, UnreadableRecordError, read_record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ProjectionOf = Callable[[str], str]
"""A function's ARN → the name of the projection that it feeds."""


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
    """The parking bucket, as the operator's commands see it."""

    def __init__(self, client: S3Client, *, bucket: str, projection_of: ProjectionOf) -> None:
        self._client = client
        self._bucket = bucket
        self._projection_of = projection_of

    def keys(self, projection: str | None = None) -> Iterator[str]:
        """Keys of the parked objects, lazily: a projection's own, and all that Lambda parked."""
        own = f"{PREFIX}/" if projection is None else f"{PREFIX}/{projection}/"
        pages = self._client.get_paginator("list_objects_v2")
        for prefix in (own, LAMBDA_PREFIX):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (found["Key"] for found in page.get("Contents", []))

    def read(self, key: str) -> Parked:
        """One parked object of either kind.

        Raises:
            ClientError: there is none with this key (NoSuchKey).
        """
        answer = self._client.get_object(Bucket=self._bucket, Key=key)
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

    def all(self, projection: str | None = None) -> Iterator[Parked]:
        """Every parked object, or those of one projection, lazily."""
        for key in self.keys(projection):
            parked = self.read(key)
            if projection in {None, parked.projection}:
                yield parked

    def redrive(self, parked: Parked, project: Project) -> Redriven:
        """Project an object's records; remove it if all of them are."""
        try:
            events = [read_record(record) for record in parked.records]
        except UnreadableRecordError as error:
            return Redriven(parked, str(error))
        refused = project(events)
        if refused:
            return Redriven(parked, refused[0].reason)
        self._client.delete_object(Bucket=self._bucket, Key=parked.key)
        return Redriven(parked, None)

    def _given_up_by_lambda(self, key: str, document: dict[str, Any]) -> Parked:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"""
        payload = document["payload"]
        # The guide shows the invocation's event as escaped text; an object has been seen too.
        event: dict[str, Any] = json.loads(payload) if isinstance(payload, str) else payload
        request = document["requestContext"]
        return Parked(
            key,
            self._projection_of(request["functionArn"]),
            request["condition"],
            document["timestamp"],
            event["Records"],
        )
