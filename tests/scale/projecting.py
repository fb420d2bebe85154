"""The by-type projector in its worker processes, fed from one log by pumps of any settings.

Invariant: every run reads the same stream from its oldest record, so that runs compare.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from domain import config
from domain.item import item_of
from infra.local.aws import LocalAws
from infra.local.buckets import create_buckets
from infra.local.engines import dynamodb_local
from infra.local.iam_usage import Usage
from infra.local.object_store import object_store
from infra.local.resources import Function
from infra.local.stream_pump import Mapping, StreamPump
from infra.local.tables import create_tables
from infra.local.template import Template, load
from infra.local.workers import Functions
from infra.settings import STAGES
from infra.synth import cached_synth
from tests.bench.rebuild_throughput import event, put_all
from tests.scale import machine
from tests.scale.invocations import Invocations

REGION = "eu-central-1"
SHARDS = (4, 1, 8, 64)


@dataclass(frozen=True)
class Projecting:
    """An engine with a log, and the projector; `count` events wait in the log's stream."""

    aws: LocalAws
    functions: Functions
    mapping: Mapping
    log_table: str
    count: int
    folder: Path

    def start_workers(self) -> None:
        """So that no run waits for a process to start: as many as a pool holds, of each kind."""
        for shards in SHARDS:
            with self.pump(batch=25, lanes=10, shards=shards, run=f"start-{shards}") as started:
                started.await_events(self.count)

    @contextmanager
    def pump(self, *, batch: int, lanes: int, shards: int = 4, run: str) -> Iterator[Invocations]:
        """A pump that goes on where the run of that name ended, or at the oldest record."""
        invocations = Invocations(self.functions, _variant(self.mapping.function_name, shards))
        with closing(self.aws.client("dynamodbstreams")) as streams:
            pump = StreamPump(
                replace(self.mapping, batch_size=batch, parallelization=lanes),
                streams=streams,
                invoke=invocations,
                checkpoints=self.folder / f"{run}.json",
            )
            pump.start()
            invocations.caught_up = pump.wait_idle
            try:
                yield invocations
            finally:
                pump.stop()

    def cpu(self) -> float:
        """Seconds of CPU that the projector's processes have taken."""
        return sum(machine.cpu_of(os.getpid()).values())


@contextmanager
def projecting(count: int) -> Iterator[Projecting]:
    """An engine in memory whose log has so many events."""
    settings = STAGES["dev"]
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        engine = parts.enter_context(dynamodb_local(logs=folder / "logs"))
        s3 = parts.enter_context(object_store(journal=folder / "journal"))
        aws = LocalAws(engine.endpoint, s3, REGION)
        template = load(cached_synth(settings), region=REGION, stack_id="scale")
        with closing(aws.client("s3")) as buckets, closing(aws.client("dynamodb")) as tables:
            create_buckets(buckets, template.buckets())
            template = replace(template, table_arns=create_tables(tables, template.tables()))
            [mapping] = template.mappings()
            [log_table] = [t.name for t in template.tables() if "StreamSpecification" in t.create]
            put_all(tables, log_table, [item_of(event(number)) for number in range(count)])
        functions = parts.enter_context(_functions(template, mapping, aws=aws, folder=folder))
        yield Projecting(aws, functions, mapping, log_table, count, folder)


def _functions(template: Template, mapping: Mapping, *, aws: LocalAws, folder: Path) -> Functions:
    [projector] = [one for one in template.functions() if one.name == mapping.function_name]
    names = {table.logical_id: table.name for table in template.tables()}
    return Functions(
        [_with_shards(projector, shards) for shards in SHARDS],
        environment=aws.environment(),
        arns={names[id]: arns["Arn"] for id, arns in template.table_arns.items()},
        logs=folder / "logs",
        usage=Usage([projector.role]),
    )


def _with_shards(projector: Function, shards: int) -> Function:
    environment = {**projector.environment, config.TYPE_SHARDS: str(shards)}
    return replace(projector, name=_variant(projector.name, shards), environment=environment)


def _variant(name: str, shards: int) -> str:
    return f"{name}-{shards}"
