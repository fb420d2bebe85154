"""`eventlog rebuild`: what it prints, writes and returns."""

import json
from pathlib import Path

import pytest

from infra.by_type_target import ByTypeTarget
from infra.rebuild_command import FAILURES, run_rebuild
from projections.rebuild_checkpoint import RebuildCheckpoint
from projections.table_facts import table_facts
from tests.projections.replays import SHARDS, append, events, expected, projected, put
from tests.tables import Tables


@pytest.fixture
def log(tables: Tables) -> Tables:
    append(tables, events(60))
    return tables


def run(
    tables: Tables,
    checkpoint: Path,
    *,
    restart: bool = False,
    dry_run: bool = False,
    as_json: bool = True,
    shards: int = 4,
) -> int:
    return run_rebuild(
        tables.client,
        log_table=tables.events,
        target=ByTypeTarget(
            tables.client, log_table=tables.events, table=tables.events_by_type, shards=shards
        ),
        segments=2,
        rate=1_000,
        checkpoint=checkpoint,
        restart=restart,
        dry_run=dry_run,
        as_json=as_json,
    )


def test_it_rebuilds_and_sums_up(
    log: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log, tmp_path / "c") == 0
    assert projected(log) == expected(events(60), shards=SHARDS)
    assert json.loads(capsys.readouterr().out) == {"projected": 60, "unreadable": 0, "refused": 0}
    assert run(log, tmp_path / "c", as_json=False) == 0
    assert capsys.readouterr().out == "60 items: 60 projected, 0 unreadable, 0 refused\n"


def test_a_dry_run_says_what_it_takes_and_writes_nothing(
    log: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log, tmp_path / "c", dry_run=True) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["dry_run"], summary["events"], summary["seconds"]) == (True, 60, 0.06)
    assert (projected(log), list(tmp_path.iterdir())) == ({}, [])


def test_an_earlier_rebuild_is_gone_on_with_unless_one_begins_anew(
    log: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The earlier one was through with a half, whose rows the table has lost since."""
    log_table, target = (
        table_facts(log.client, name).identity for name in (log.events, log.events_by_type)
    )
    about: dict[str, str | int] = {
        "log_table": log_table,
        "into": f"{target} in {SHARDS} shards",
        "segments": 2,
    }
    RebuildCheckpoint(tmp_path / "c", about=about).advance(0, None, counts={"projected": 30})
    run(log, tmp_path / "c")
    assert "is of a rebuild that was cut off" in capsys.readouterr().err
    assert len(projected(log)) < len(expected(events(60), shards=SHARDS))
    RebuildCheckpoint(tmp_path / "c", about=about).advance(0, None, counts={"projected": 30})
    assert run(log, tmp_path / "c", restart=True) == 0
    assert json.loads(capsys.readouterr().out)["projected"] == 60
    assert projected(log) == expected(events(60), shards=SHARDS)


def test_items_that_are_no_events_are_named_and_make_exit_code_1(
    log: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(log, log.events, [{"id": {"S": "[bold]odd"}}])
    assert run(log, tmp_path / "c") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"projected": 60, "unreadable": 1, "refused": 0}
    assert "not projected: '[bold]odd'" in printed.err


def test_what_cannot_be_tried_fails(
    log: Tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c").write_text("{}")
    with pytest.raises(FAILURES, match="not a rebuild's checkpoint"):
        run(log, tmp_path / "c")
    with pytest.raises(FAILURES, match="ResourceNotFound"):
        run(Tables(log.client, log.events, "no-such-table"), tmp_path / "d")
    assert capsys.readouterr().out == ""
