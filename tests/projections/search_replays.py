"""A search projection on the real engine, set up, filled and read whole, for tests of replays."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.event import Event
from infra.search_target import SearchTarget
from projections.log_scan import Unreadable
from projections.opensearch import OpenSearch
from projections.projection_target import Resumption
from projections.rebuild import Finish, Rebuilt, nothing, rebuild
from projections.search import SearchProjection
from projections.search_admin import SearchAdmin
from projections.search_names import ALIAS, NEXT_ALIAS
from projections.stream import Project
from tests.tables import Tables

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECONDS = 0.05
"""How long a projector of a test keeps what the aliases say."""


def projection(opensearch: OpenSearch) -> Project:
    """A projector's own, which looks at the aliases often."""
    return SearchProjection(opensearch, generations_seconds=SECONDS).project


def run_rebuild_of(
    tables: Tables,
    opensearch: OpenSearch,
    checkpoint: Path,
    *,
    restart: bool = False,
    settle_seconds: float = 0,
    said: list[str] | None = None,
) -> Rebuilt:
    """Rebuild search as the command does."""

    def replay(*, into: str, project: Project, finish: Finish = nothing) -> Rebuilt:
        return rebuild(
            tables.client,
            log_table=tables.events,
            into=into,
            project=project,
            segments=2,
            rate=None,
            checkpoint=checkpoint,
            progress=_ignore,
            finish=finish,
        )

    if restart:
        checkpoint.unlink(missing_ok=True)
    target = SearchTarget(
        tables.client,
        opensearch,
        log_table=tables.events,
        settle_seconds=settle_seconds,
    )
    say = (said if said is not None else []).append
    return target.rebuild(replay, begin=Resumption(checkpoint, restart), say=say)


def _ignore(_counts: Rebuilt, _left: list[Unreadable]) -> None:
    """Nobody watches."""


def documents(opensearch: OpenSearch, target: str = ALIAS) -> dict[str, Any]:
    """All documents of a few hundred by their ids, once all that was written is shown."""
    admin = SearchAdmin(opensearch)
    admin.find("POST", f"/{target}/_refresh")
    found = admin.find("POST", f"/{target}/_search", {"size": 10_000}) or {"hits": {"hits": []}}
    return {hit["_id"]: hit["_source"] for hit in found["hits"]["hits"]}


def behind(opensearch: OpenSearch) -> dict[str, set[str]]:
    """The indices behind each of the two aliases, without their common beginning."""
    answer = SearchAdmin(opensearch).ask("GET", f"/{ALIAS}-*/_alias")
    return {
        alias: {
            index.removeprefix(f"{ALIAS}-")
            for index, facts in answer.items()
            if alias in facts["aliases"]
        }
        for alias in (ALIAS, NEXT_ALIAS)
    }


def templates(opensearch: OpenSearch) -> dict[str, set[str]]:
    """The aliases that each of the projection's templates gives, by its name."""
    answer = SearchAdmin(opensearch).ask("GET", "/_index_template")
    return {
        one["name"]: set(one["index_template"]["template"]["aliases"])
        for one in answer["index_templates"]
        if one["name"].startswith(ALIAS)
    }


def put_document(opensearch: OpenSearch, index: str, id: str, source: Any) -> None:
    """Put a document around the projector."""
    lines = [json.dumps({"index": {"_index": index, "_id": id}}), json.dumps(source), ""]
    answer = opensearch.ask("POST", "/_bulk?refresh=true", "\n".join(lines).encode())
    assert not answer.json()["errors"], answer.body


def delete_document(opensearch: OpenSearch, index: str, id: str) -> None:
    """Delete a document around the projector."""
    SearchAdmin(opensearch).delete_documents([(index, id)])


def ids(log: list[Event]) -> set[str]:
    """The ids of events."""
    return {event.id for event in log}
