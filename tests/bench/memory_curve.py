"""What memory buys: latency and cost of a function by its memory, from measured CPU time and wait.

`python -m tests.bench.memory_curve` runs each handler in fresh processes on an engine of its own.
Lambda gives a function of 1,769 MB one CPU, and one of less a share of it: the less memory, the
longer the CPU time takes; waiting takes as long as ever.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from domain import config
from infra.local.aws import LocalAws
from infra.local.engines import dynamodb_local
from tests.bench.rebuild_throughput import make_table
from tests.builders import an_event
from tests.records import record_of
from tests.requests import get, post

WRITE = "api.write_handler.handler"
READ = "api.read_handler.handler"
BY_TYPE_PROJECTOR = "projections.by_type_handler.handler"
ONE_CPU_MB = 1_769
MEMORIES = (128, 256, 512, 1_024, 1_769)
PROCESSES = 5
WARM = 200
BATCH = 100
PAYLOAD = json.dumps({"order": "o-1", "items": [{"sku": "a", "count": 2}] * 8})

# Lambda on arm64 in us-east-1, first tier, on 24 November 2026.
# https://aws.amazon.com/lambda/pricing/
USD_PER_GB_SECOND = 0.0000133334
USD_PER_MILLION_REQUESTS = 0.20

# The first answer is counted from before the imports; how Python itself starts is not.
MEASURE = """
import json, sys, time
asked = json.load(sys.stdin)

class Context:
    function_name = aws_request_id = "bench"
    def get_remaining_time_in_millis(self):
        return 60_000

def spent(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    used = time.process_time() - cpu
    return used, max(0.0, time.perf_counter() - wall - used)

def cold():
    global handler
    import importlib
    module, _, name = asked["handler"].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    handler(asked["events"][0], Context())

times = [spent(cold)]
times += [spent(lambda: handler(event, Context())) for event in asked["events"][1:]]
print(json.dumps(times))
"""


@dataclass(frozen=True)
class Measured:
    """Medians in seconds of one CPU: until the first answer; of a later one, and its waiting."""

    cold_cpu: float
    warm_cpu: float
    warm_wait: float

    def cold(self, memory: int) -> float:
        """Seconds until the first answer; its waiting is little against its CPU time."""
        return self.cold_cpu / _share(memory)

    def warm(self, memory: int) -> float:
        """Seconds of a later answer."""
        return self.warm_cpu / _share(memory) + self.warm_wait

    def usd_per_million(self, memory: int) -> float:
        """What a million warm invocations cost."""
        gb_seconds = 1_000_000 * self.warm(memory) * memory / 1_024
        return USD_PER_MILLION_REQUESTS + gb_seconds * USD_PER_GB_SECOND


def main() -> None:
    """Measure and print a row per function and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait-ms", type=float, help="waiting for AWS, not for the local engine")
    wait: float | None = parser.parse_args().wait_ms
    with tempfile.TemporaryDirectory() as folder, dynamodb_local(logs=Path(folder)) as engine:
        aws = LocalAws(engine.endpoint, "", "eu-central-1")
        client = aws.client("dynamodb")
        make_table(client, "log", HASH="id")
        make_table(client, "rows", HASH="pk", RANGE="sk")
        rows = [(name, measure(handler, events, aws)) for name, handler, events in work()]
    for name, one in rows:
        print(  # noqa: T201
            f"{name}: {one.cold_cpu * 1e3:.0f} ms CPU cold; warm {one.warm_cpu * 1e3:.2f} ms CPU"
            f" and {one.warm_wait * 1e3:.2f} ms wait"
        )
        _print_curve(one if wait is None else replace(one, warm_wait=wait / 1e3))


def _print_curve(one: Measured) -> None:
    print("   MB   cold ms  warm p50 ms  USD per million")  # noqa: T201
    for memory in MEMORIES:
        cold, warm = one.cold(memory) * 1e3, one.warm(memory) * 1e3
        print(f"{memory:>5}{cold:>10.0f}{warm:>13.1f}{one.usd_per_million(memory):>17.2f}")  # noqa: T201


def work() -> list[tuple[str, str, list[Any]]]:
    """What each function is asked, in the order in which the later ones find something."""
    posts = [post(f'{{"id":"e{n}","type":"t","payload":{PAYLOAD}}}') for n in range(WARM + 1)]
    batches = [
        {"Records": [record_of(an_event(f"e{start + n}", type="t", payload_text=PAYLOAD).recorded(
            at=f"2026-11-23T10:00:{n % 60:02d}.000000Z")) for n in range(BATCH)]}
        for start in range(0, 20 * BATCH, BATCH)
    ]  # fmt: skip
    return [
        ("write one", WRITE, posts),
        (f"project {BATCH}", BY_TYPE_PROJECTOR, batches),
        ("read one", READ, [get("/events/{id}", id=f"e{n}") for n in range(WARM + 1)]),
        ("list 50", READ, [get("/events", type="t")] * (WARM + 1)),
    ]


def measure(handler: str, events: Sequence[Any], aws: LocalAws) -> Measured:
    """Medians over fresh processes, each of which answers all events."""
    runs = [_run(handler, events, aws.environment()) for _ in range(PROCESSES)]
    warm = [one for run in runs for one in run[1:]]
    return Measured(
        cold_cpu=median(run[0][0] for run in runs),
        warm_cpu=median(cpu for cpu, _ in warm),
        warm_wait=median(wait for _, wait in warm),
    )


def _run(handler: str, events: Sequence[Any], aws: Mapping[str, str]) -> list[tuple[float, float]]:
    environ = {
        **aws,
        "PATH": os.environ["PATH"],
        config.EVENTS_TABLE: "log",
        config.EVENTS_BY_TYPE_TABLE: "rows",
        config.TYPE_SHARDS: "4",
        config.CURSOR_KEY: "key",
        config.PARKING_BUCKET: "parking",
    }
    asked = json.dumps({"handler": handler, "events": events})
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=asked, env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [(cpu, wait) for cpu, wait in json.loads(done.stdout.splitlines()[-1])]


def _share(memory: int) -> float:
    """Of one CPU, which is all that one request of ours can use."""
    return min(1.0, memory / ONE_CPU_MB)


if __name__ == "__main__":
    main()
