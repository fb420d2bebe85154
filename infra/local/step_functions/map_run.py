"""A distributed map: each item in an execution of its own, side by side.

Invariant: the first execution that fails fails the map and ends the others, as Step Functions does
with no failures tolerated.
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag
from typing import Any

from infra.local.step_functions.data import Scope
from infra.local.step_functions.error import ExecutionStoppedError, StatesError
from infra.local.step_functions.language import Machine, Map
from infra.local.step_functions.ledger import Execution, Ledger, MapRun

_THREADS = 16
_FAILED = (
    "States.ExceedToleratedFailureThreshold",
    "The specified tolerated failure threshold was exceeded",
)

RunMachine = Callable[[Machine, Any, Mapping[str, Any], Flag], Any]
"""Runs a machine on an input with a context, until it ends or is stopped."""


def run_map(
    state: Map, scope: Scope, items: list[Any], *, run: RunMachine, ledger: Ledger, stopped: Flag
) -> MapRun:
    """Run the state's machine on every item; the map run with all its executions.

    Raises:
        StatesError: one of them failed, or their inputs cannot be made.
        ExecutionStoppedError: `stopped` was set.
    """
    inputs = [_input_of(state, scope, index, item) for index, item in enumerate(items)]
    started = _enter(state, scope, len(items), ledger)

    def work(given: Any) -> None:
        if stopped.is_set() or started.stopped.is_set():
            return
        child = _child(started, given, ledger)
        child.follow(lambda: run(state.item_processor, given, scope.context, started.stopped))
        if child.status == "FAILED":
            started.stopped.set()

    threads = min(started.concurrency or _THREADS, _THREADS)
    with ThreadPoolExecutor(threads, thread_name_prefix="map") as pool:
        list(pool.map(work, inputs))
    if stopped.is_set():
        started.end("ABORTED")
        raise ExecutionStoppedError
    if started.stopped.is_set():
        started.end("FAILED")
        raise StatesError(*_FAILED)
    started.end("SUCCEEDED")
    return started


def _enter(state: Map, scope: Scope, items: int, ledger: Ledger) -> MapRun:
    parent = scope.context["Execution"]["Id"]
    machine = scope.context["StateMachine"]["Id"]
    label = f"{machine.replace(':stateMachine:', ':mapRun:')}/{state.label}"
    run = MapRun(
        arn=f"{label}:{uuid.uuid4()}",
        execution_arn=parent,
        machine_arn=machine,
        items=items,
        concurrency=int(scope.look_up(state.max_concurrency_path)),
    )
    ledger.add_map_run(run)
    return run


def _child(run: MapRun, given: Any, ledger: Ledger) -> Execution:
    name = str(uuid.uuid4())
    arn = f"{run.arn.rpartition(':')[0].replace(':mapRun:', ':execution:')}:{name}"
    child = Execution(arn, name, run.machine_arn, json.dumps(given), map_run_arn=run.arn)
    run.children.append(child)
    return ledger.add(child)


def _input_of(state: Map, scope: Scope, index: int, item: Any) -> Any:
    context = {**scope.context, "Map": {"Item": {"Index": index, "Value": item}}}
    return Scope(scope.data, context).fill(state.item_selector)
