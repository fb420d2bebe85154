"""What the fuzzer counts is what was sent, and a 5xx among it is seen."""

from pathlib import Path

import pytest

from tests.fuzz import tally
from tests.fuzz.told import TALLY


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "tally"
    monkeypatch.setenv(TALLY, str(file))
    return file


def test_requests_are_counted_by_operation_and_status(file: Path) -> None:
    assert tally.read(file).total() == 0
    for status in (200, 404, 200):
        tally.note("GET /events/{id}", status)
    tally.note("POST /events", 503)
    counted = tally.read(file)
    assert (counted.total(), tally.server_errors(counted)) == (4, 1)
    lines = tally.table(counted).splitlines()
    assert [line.split() for line in lines] == [
        ["POST", "/events", "1", "503:", "1"],
        ["GET", "/events/{id}", "3", "200:", "2", "404:", "1"],
    ]
