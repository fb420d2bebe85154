"""A rebuild of search on the real engine: searched whole at every moment, and equal to the log."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.timestamps import format_utc
from projections.differences import Difference, Young
from projections.opensearch import Answer, OpenSearch
from projections.rebuild import Rebuilt
from projections.search_admin import SearchAdmin
from projections.search_names import ALIAS, NEXT_ALIAS, index_name, template_name
from projections.search_rebuild import GenerationLostError, SearchRebuild
from projections.search_swap import align
from projections.search_verify import Searched, verify
from tests.projections.replays import append, events
from tests.projections.search_replays import (
    behind,
    delete_document,
    documents,
    ids,
    projection,
    run_rebuild_of,
    templates,
)
from tests.tables import Tables

LOG = events(45)


@pytest.fixture
def full(search: OpenSearch, tables: Tables) -> Tables:
    """A log that is in the first generation."""
    append(tables, LOG)
    assert projection(search)(LOG) == []
    return tables


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint"


def assert_generation(search: OpenSearch, generation: int) -> None:
    """It is searched, and nothing else is left."""
    found = behind(search)
    assert {index.partition("-")[0] for index in found[ALIAS]} == {str(generation)}
    assert f"{generation}-2026.11" in found[ALIAS]
    assert found[NEXT_ALIAS] == set()
    everything = SearchAdmin(search).ask("GET", f"/{ALIAS}-*/_alias")
    assert {index.removeprefix(f"{ALIAS}-") for index in everything} == found[ALIAS]
    assert templates(search) == {template_name(generation): {ALIAS}}


def test_the_next_generation_takes_over_and_the_old_one_goes(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    delete_document(search, index_name(1, LOG[3].recorded_at), LOG[3].id)
    assert documents(search).keys() == ids(LOG) - {LOG[3].id}
    assert run_rebuild_of(full, search, checkpoint) == Rebuilt(projected=45)
    assert_generation(search, 2)
    before = documents(search)
    assert before.keys() == ids(LOG)
    assert not checkpoint.exists()
    assert projection(search)(LOG) == []  # redelivered
    assert run_rebuild_of(full, search, checkpoint) == Rebuilt(projected=45)
    assert_generation(search, 3)
    assert documents(search) == before


def test_without_any_index_there_are_those_of_now_and_of_what_may_begin_meanwhile(
    search: OpenSearch,
) -> None:
    steps = SearchRebuild(
        SearchAdmin(search),
        say=lambda _: None,
        settle_seconds=0,
        now=lambda: datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
    )
    steps.finish(steps.begin(goes_on=False, restart=False))
    assert behind(search)[ALIAS] == {"2-2026.12", "2-2027.01"}


class Counter:
    """Counts what is searched again and again, in a thread of its own."""

    def __init__(self, search: OpenSearch) -> None:
        self._search = search
        self._ended = threading.Event()
        self._threads = ThreadPoolExecutor(1)
        self._counting = self._threads.submit(self._count)

    def _count(self) -> list[int]:
        counts: list[int] = []
        while not self._ended.is_set():
            answer = self._search.ask("GET", f"/{ALIAS}/_count").json()
            assert answer["_shards"]["failed"] == 0
            counts.append(answer["count"])
        return counts

    def ended(self) -> list[int]:
        self._ended.set()
        counts = self._counting.result()
        self._threads.shutdown()
        return counts


class Traffic:
    """Appends and projects events of now, one batch after the other, in a thread of its own."""

    def __init__(self, tables: Tables, search: OpenSearch) -> None:
        self._tables = tables
        self._project = projection(search)
        self._ended = threading.Event()
        self._threads = ThreadPoolExecutor(1)
        self._appending = self._threads.submit(self._append)

    def _append(self) -> int:
        first = 1_000
        while not self._ended.is_set():
            batch = [
                replace(event, recorded_at=format_utc(datetime.now(UTC)))
                for event in events(3, first=first)
            ]
            append(self._tables, batch)
            assert self._project(batch) == []
            first += 3
        return first - 1_000

    def ended(self) -> int:
        self._ended.set()
        count = self._appending.result()
        self._threads.shutdown()
        return count


def test_whoever_searches_under_traffic_sees_the_old_view_or_the_new_one(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    documents(search)  # refreshes
    traffic, counter = Traffic(full, search), Counter(search)
    try:
        done = run_rebuild_of(full, search, checkpoint, settle_seconds=0.6)
    finally:
        counts, appended = counter.ended(), traffic.ended()
    assert appended > 0
    assert done.projected >= 45
    assert counts == sorted(counts), "never fewer, as while an index is missing"
    assert counts[0] >= 45
    assert counts[-1] <= 45 + appended, "never more, as while both generations are searched"
    assert len(documents(search)) == 45 + appended
    assert_generation(search, 2)
    found: list[Difference] = []
    verified = verify(
        Searched(full.client, full.events, SearchAdmin(search), projection(search)),
        young=Young.at(datetime.now(UTC), lag=timedelta(seconds=-1)),
        segments=2,
        found=found.append,
        progress=lambda _stage, _items: None,
    )
    assert (found, verified.log_events, verified.rows) == ([], 45 + appended, 45 + appended)


class KilledError(BaseException):
    """The process ends here."""


class Watched:
    """An OpenSearch whose requests can be met before or behind they are made."""

    def __init__(
        self,
        search: OpenSearch,
        *,
        before: Callable[[str, str], Answer | None] = lambda _method, _path: None,
        behind: Callable[[str, str], None] = lambda _method, _path: None,
    ) -> None:
        self._search, self._before, self._behind = search, before, behind

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        if (answer := self._before(method, path)) is None:
            answer = self._search.ask(method, path, body, timeout=timeout)
        self._behind(method, path)
        return answer


def killed(search: OpenSearch, *, at: int, behind: bool) -> Watched:
    """Whoever asks is killed before, or right behind, the request of this number that changes."""
    changes = itertools.count(1)

    def kill(method: str, path: str) -> None:
        reads = method == "GET" or path.endswith(("_search", "_refresh"))
        if not reads and next(changes) == at:
            raise KilledError

    return Watched(search, behind=kill) if behind else Watched(search, before=kill)


@pytest.mark.parametrize("behind_it", [False, True], ids=["before", "behind"])
def test_killed_at_every_step_it_goes_on_and_ends_complete(
    full: Tables, search: OpenSearch, checkpoint: Path, behind_it: bool
) -> None:
    kills = 0
    while True:
        try:
            run_rebuild_of(full, killed(search, at=kills + 1, behind=behind_it), checkpoint)
        except KilledError:
            kills += 1
            assert documents(search).keys() == ids(LOG), f"searched whole after kill {kills}"
        else:
            break
    assert kills >= 5
    assert documents(search).keys() == ids(LOG)
    [generation] = {int(index.partition("-")[0]) for index in behind(search)[ALIAS]}
    assert_generation(search, generation)


def test_a_replay_that_was_complete_is_not_done_again(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    """Cut off at its swap, it leaves the old view as fresh as it was."""
    asked: list[str] = []
    refresh = f"/{ALIAS}/_settings/index.refresh_interval"
    held: list[Answer] = []

    def kill(_method: str, path: str) -> None:
        asked.append(path)
        if path == "/_aliases":
            held.append(search.ask("GET", refresh))
            raise KilledError

    for replays in (True, False):
        asked.clear()
        with pytest.raises(KilledError):
            run_rebuild_of(full, Watched(search, before=kill), checkpoint)
        assert any("_bulk" in path for path in asked) is replays
        assert b'"60s"' in held[-1].body
        assert search.ask("GET", refresh).json() == {}
    assert run_rebuild_of(full, search, checkpoint) == Rebuilt(projected=45)
    assert_generation(search, 2)


def test_it_does_not_take_over_before_it_shows_as_much(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    asked: list[str] = []

    def count(_method: str, path: str) -> Answer | None:
        asked.append(path)
        late = path == f"/{ALIAS}-2-*/_count" and asked.count(path) < 3
        return Answer(200, b'{"count":44}') if late else None

    run_rebuild_of(full, Watched(search, before=count), checkpoint)
    before = asked[: asked.index("/_aliases")]
    assert before.count(f"/{ALIAS}-2-*/_count") == before.count(f"/{ALIAS}-2-*/_refresh") == 3


def test_an_index_that_is_made_during_the_swap_is_searched_too(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    def make(_method: str, path: str) -> None:
        if path == "/_aliases":
            SearchAdmin(search).create_index(f"{ALIAS}-2-2026.09")

    run_rebuild_of(full, Watched(search, behind=make), checkpoint)
    assert_generation(search, 2)
    assert "2-2026.09" in behind(search)[ALIAS]


def test_two_at_once_are_as_good_as_one(full: Tables, search: OpenSearch, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        files = [tmp_path / "one", tmp_path / "two"]
        counts = list(
            threads.map(lambda file: run_rebuild_of(full, search, file, settle_seconds=0.5), files)
        )
    assert counts == [Rebuilt(projected=45)] * 2
    assert documents(search).keys() == ids(LOG)
    assert_generation(search, max(int(n.partition("-")[0]) for n in behind(search)[ALIAS]))


def test_a_restart_leaves_nothing_of_what_was_begun_and_ends_the_other(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    other = SearchRebuild(SearchAdmin(search), say=lambda _: None, settle_seconds=0)
    assert other.begin(goes_on=False, restart=False) == 2
    assert run_rebuild_of(full, search, checkpoint, restart=True) == Rebuilt(projected=45)
    assert_generation(search, 3)
    with pytest.raises(GenerationLostError, match="generation 2 of search"):
        other.finish(2)
    assert documents(search).keys() == ids(LOG)


def test_what_a_generation_lacks_is_said_and_swapped_in_all_the_same(
    full: Tables, search: OpenSearch, checkpoint: Path
) -> None:
    extra = replace(LOG[0], id="extra")
    assert projection(search)([extra]) == []
    assert len(documents(search)) == 46
    said: list[str] = []
    run_rebuild_of(full, search, checkpoint, said=said)
    assert "The new generation has 45 events and the old one 46: verify says which" in said
    assert documents(search).keys() == ids(LOG)


def test_a_generation_that_is_being_built_is_left_alone_by_the_swap_of_another(
    search: OpenSearch,
) -> None:
    admin = SearchAdmin(search)
    for index, aliases in {"1": [ALIAS], "2": [NEXT_ALIAS], "3": [NEXT_ALIAS]}.items():
        admin.create_index(f"{ALIAS}-{index}-2026.11")
        put_aliases(admin, f"{ALIAS}-{index}-2026.11", aliases)
    align(admin, 2)
    assert behind(search) == {ALIAS: {"2-2026.11"}, NEXT_ALIAS: {"3-2026.11"}}


def put_aliases(admin: SearchAdmin, index: str, aliases: list[str]) -> None:
    for alias in aliases:
        admin.ask("POST", "/_aliases", {"actions": [{"add": {"index": index, "alias": alias}}]})
