"""Parts of the stack put together by hand, for tests of one part over real others."""

from domain.event import Event
from projections.by_type import ByTypeProjection
from tests.tables import Tables


def project(tables: Tables, events: list[Event], *, shards: int) -> None:
    """Put events into the by-type table, all of them."""
    projection = ByTypeProjection(tables.client, table=tables.events_by_type, shards=shards)
    assert projection.project(events) == []
