"""`eventlog verify`: what it prints, writes and returns."""

import json
from typing import Any

import pytest

from infra.by_type_target import ByTypeTarget
from infra.verify_command import FAILURES, run_verify
from projections.by_type_rows import row_of
from tests.projections.replays import SHARDS, append, events, expected, projected, projection
from tests.tables import Tables

LOG = events(30)


@pytest.fixture
def differing(tables: Tables) -> Tables:
    """A projection in which the row of LOG[1] is missing."""
    append(tables, LOG)
    projection(tables)(LOG[:1] + LOG[2:])
    return tables


def run(
    tables: Tables, *, repair: bool = False, dry_run: bool = False, as_json: bool = True
) -> int:
    return run_verify(
        tables.client,
        log_table=tables.events,
        target=ByTypeTarget(
            tables.client, log_table=tables.events, table=tables.events_by_type, shards=SHARDS
        ),
        lag_seconds=60,
        repair=repair,
        dry_run=dry_run,
        as_json=as_json,
    )


def test_a_difference_is_named_and_makes_exit_code_1(
    differing: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    row = row_of(LOG[1], shards=SHARDS)
    pk, sk = row["pk"]["S"], row["sk"]["S"]
    assert run(differing) == 1
    assert json.loads(capsys.readouterr().out) == {
        "log_events": 30,
        "rows": 29,
        "left_out": 0,
        "differences": {"missing": 1},
        "expired": 0,
        "listed": [{"kind": "missing", "of": "row", "id": "e000001", "key": [pk, sk]}],
        "repaired": False,
        "left": {"missing": 1},
    }
    assert run(differing, as_json=False) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"missing row: 'e000001' at {pk} / {sk}",
        "30 events and 29 rows compared, 0 too young to be; 1 missing",
    ]


def test_a_dry_repair_writes_nothing(differing: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    before = projected(differing)
    assert run(differing, repair=True, dry_run=True, as_json=False) == 1
    assert "Nothing was written; --repair would mend 1 missing" in capsys.readouterr().out
    assert projected(differing) == before


def test_a_repair_ends_equal(differing: Tables, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(differing, repair=True, as_json=False) == 0
    assert capsys.readouterr().out.endswith("After the repair: no difference\n")
    assert projected(differing) == expected(LOG)
    assert run(differing) == 0


def test_what_the_repair_does_not_mend_is_left_and_makes_exit_code_1(
    differing: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    item: Any = {"id": {"S": "odd"}}
    differing.client.put_item(TableName=differing.events, Item=item)
    assert run(differing, repair=True) == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary["differences"] == {"missing": 1, "unreadable": 1}
    assert summary["left"] == {"unreadable": 1}


def test_a_table_that_is_not_there_fails(tables: Tables) -> None:
    with pytest.raises(FAILURES, match="ResourceNotFound"):
        run(Tables(tables.client, "no-such-table", tables.events_by_type))
