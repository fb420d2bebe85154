"""How far a stream is handled: per shard the last sequence number, kept in a file across crashes.

Invariant: what the file says is handled was handled; it may say less, never more (at least once).
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from infra.local.stream_records import StreamRecord


class UnreadableCheckpointsError(Exception):
    """The checkpoint file is there, but is none: starting anew silently would hide a fault."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(
            f"{path} is not a readable checkpoint file ({reason}). Restore it from a copy, or"
            " delete it: the stream is then read from its oldest record, which only repeats work."
        )
        self.path = path


class _State(BaseModel, extra="forbid"):
    stream_arn: str
    positions: dict[str, str] = {}
    ended: list[str] = []


class Checkpoints:
    """The checkpoints of one mapping, in one file; safe to use from several threads.

    A file about another stream (the table was made anew) does not apply, and is replaced.

    Raises:
        UnreadableCheckpointsError: the file cannot be read or is not of this form.
    """

    def __init__(self, path: Path, *, stream_arn: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._state = _State(stream_arn=stream_arn)
        try:
            kept = _State.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            raise UnreadableCheckpointsError(path, error) from error
        if kept.stream_arn == stream_arn:
            self._state = kept

    def position(self, shard_id: str) -> str | None:
        """The sequence number up to which the shard is handled."""
        with self._lock:
            return self._state.positions.get(shard_id)

    def ended(self) -> frozenset[str]:
        """The closed shards of which every record is handled."""
        with self._lock:
            return frozenset(self._state.ended)

    def advance(self, shard_id: str, sequence_number: str) -> None:
        """Keep that the shard is handled up to and including this record."""
        with self._lock:
            self._state.positions[shard_id] = sequence_number
            self._save()

    def end(self, shard_id: str) -> None:
        """Keep that the shard is closed and handled to its end."""
        with self._lock:
            self._state.positions.pop(shard_id, None)
            self._state.ended.append(shard_id)
            self._save()

    def forget_trimmed(self, listed: Collection[str]) -> None:
        """Drop what is known of shards that the stream no longer lists (older than 24 hours)."""
        with self._lock:
            state = self._state
            positions = {shard: at for shard, at in state.positions.items() if shard in listed}
            ended = [shard for shard in state.ended if shard in listed]
            if (positions, ended) != (state.positions, state.ended):
                state.positions, state.ended = positions, ended
                self._save()

    def _save(self) -> None:
        """Replace the file as one step: a crash leaves the old or the new, never half of one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.draft")
        with draft.open("w") as file:
            file.write(self._state.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class Progress:
    """Records of one shard that are read but unfinished; they may finish in any order."""

    def __init__(self) -> None:
        self._finished: OrderedDict[str, bool] = OrderedDict()
        self.unfinished = 0
        self.unfinished_bytes = 0

    def begin(self, records: Sequence[StreamRecord]) -> None:
        """Records were read, in the order of the shard."""
        self._finished.update((record.sequence_number, False) for record in records)
        self.unfinished += len(records)
        self.unfinished_bytes += sum(record.size for record in records)

    def finish(self, records: Iterable[StreamRecord]) -> str | None:
        """Records need no more work; the new checkpoint, if it moved."""
        for record in records:
            self._finished[record.sequence_number] = True
            self.unfinished -= 1
            self.unfinished_bytes -= record.size
        checkpoint = None
        while self._finished and self._finished[next(iter(self._finished))]:
            checkpoint, _ = self._finished.popitem(last=False)
        return checkpoint
