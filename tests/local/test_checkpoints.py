"""Checkpoints survive crashes, and never say more than was handled."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.checkpoints import Checkpoints, Progress, UnreadableCheckpointsError
from tests.local.streams import STREAM_ARN, a_record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "by-type.json"


def reopened(path: Path) -> Checkpoints:
    return Checkpoints(path, stream_arn=STREAM_ARN)


def test_what_was_kept_is_there_after_a_restart(path: Path) -> None:
    first = reopened(path)
    first.advance("a", "1")
    first.advance("a", "2")
    first.advance("b", "7")
    first.end("b")
    second = reopened(path)
    assert (second.position("a"), second.position("b")) == ("2", None)
    assert second.ended() == {"b"}


def test_a_new_mapping_has_no_checkpoints_and_makes_no_file(path: Path) -> None:
    assert reopened(path).position("a") is None
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"stream_arn":"', b'{"positions": {}}', b"[]"])
def test_an_unreadable_file_is_an_error_that_says_what_to_do(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(UnreadableCheckpointsError, match="delete it"):
        reopened(path)
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_an_error_too(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(UnreadableCheckpointsError):
        reopened(path)


def test_checkpoints_of_another_stream_do_not_apply(path: Path) -> None:
    reopened(path).advance("a", "1")
    anew = Checkpoints(path, stream_arn=f"{STREAM_ARN}Z")
    assert anew.position("a") is None


def test_a_crash_while_writing_leaves_the_last_whole_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints = reopened(path)
    checkpoints.advance("a", "1")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.advance("a", "2")
    assert reopened(path).position("a") == "1"


def test_shards_that_the_stream_no_longer_lists_are_forgotten(path: Path) -> None:
    checkpoints = reopened(path)
    checkpoints.advance("a", "1")
    checkpoints.end("old")
    checkpoints.forget_trimmed({"a", "b"})
    assert reopened(path).position("a") == "1"
    assert reopened(path).ended() == frozenset()


def test_the_checkpoint_waits_for_the_earliest_unfinished_record() -> None:
    one, two, three = (a_record(n) for n in (1, 2, 3))
    progress = Progress()
    progress.begin([one, two, three])
    assert progress.finish([three]) is None
    assert progress.finish([one]) == one.sequence_number
    assert progress.finish([two]) == three.sequence_number
    assert (progress.unfinished, progress.unfinished_bytes) == (0, 0)


@given(st.permutations(range(8)), st.integers(0, 8))
def test_the_checkpoint_never_passes_an_unfinished_record(order: list[int], begun: int) -> None:
    records = [a_record(n) for n in range(8)]
    progress = Progress()
    progress.begin(records[:begun])
    progress.begin(records[begun:])
    finished: set[int] = set()
    reached = -1
    for number in order:
        checkpoint = progress.finish([records[number]])
        finished.add(number)
        reached = int(checkpoint) if checkpoint else reached
        assert set(range(reached + 1)) <= finished
        assert reached + 1 not in finished
    assert reached == 7
