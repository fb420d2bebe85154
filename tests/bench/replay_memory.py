"""Measures the peak memory of `rebuild` and `verify` at growing sizes of the log.

`python -m tests.bench.replay_memory --events 10000 200000` starts an engine in memory and prints
the resident peak of a process that does nothing else; it is to grow by less than 10 percent.
"""

import argparse
import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from domain.item import item_of
from infra.by_type_target import ByTypeTarget
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from infra.rebuild_command import run_rebuild
from infra.verify_command import run_verify
from tests.bench.rebuild_throughput import SEGMENTS, SHARDS, event, make_table, put_all


def main() -> None:
    """Fill a log for each size, rebuild its projection, verify it, and print both peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 200_000])
    numbers: list[int] = parser.parse_args().events
    peaks = [_peaks(number) for number in numbers]
    print(" events  rebuild, MB  verify, MB")  # noqa: T201
    for number, (rebuilt, verified) in zip(numbers, peaks, strict=True):
        print(f"{number:>7}  {rebuilt:>11.1f}  {verified:>10.1f}")  # noqa: T201


def _peaks(count: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        client = _client(engine.endpoint)
        make_table(client, "log", HASH="id")
        make_table(client, "rows", HASH="pk", RANGE="sk")
        for start in range(0, count, 1_000):
            put_all(client, "log", [item_of(event(n)) for n in range(start, start + 1_000)])
        return (
            _peak(_rebuild, engine.endpoint, folder),
            _peak(_verify, engine.endpoint),
        )


def _peak(work: Callable[..., int], *arguments: str) -> float:
    """Megabytes of a fresh process that has done the work."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        return process.submit(_resident_peak, work, *arguments).result()


def _resident_peak(work: Callable[..., int], *arguments: str) -> float:
    code = work(*arguments)
    if code:
        raise SystemExit(code)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def _rebuild(endpoint: str, folder: str) -> int:
    return run_rebuild(
        _client(endpoint),
        log_table="log",
        target=_target(endpoint),
        segments=SEGMENTS,
        rate=None,
        checkpoint=Path(folder) / "checkpoint",
        restart=False,
        dry_run=False,
        as_json=True,
    )


def _verify(endpoint: str) -> int:
    return run_verify(
        _client(endpoint),
        log_table="log",
        target=_target(endpoint),
        lag_seconds=0,
        repair=False,
        dry_run=False,
        as_json=True,
    )


def _target(endpoint: str) -> ByTypeTarget:
    return ByTypeTarget(_client(endpoint), log_table="log", table="rows", shards=SHARDS)


def _client(endpoint: str) -> Any:
    return LocalAws(endpoint, "", "eu-central-1").client("dynamodb")


if __name__ == "__main__":
    main()
