"""Runs a state machine, state by state, with the semantics that Step Functions documents.

Invariant: services are reached through `Services` alone, which check the state machine's role.
https://states-language.net/spec.html
"""

from collections.abc import Mapping
from threading import Event as Flag
from typing import Any, Protocol

from infra.local.step_functions.data import Scope, placed
from infra.local.step_functions.error import ExecutionStoppedError, StatesError
from infra.local.step_functions.language import (
    Choice,
    Fail,
    Machine,
    Map,
    Rule,
    State,
    Succeed,
    Task,
    Wait,
)
from infra.local.step_functions.retry import Retries


class Services(Protocol):
    """What a state machine calls."""

    def call(self, resource: str, arguments: dict[str, Any]) -> Any:
        """The answer of a task's resource. Raises: StatesError."""
        ...

    def map(self, state: Map, scope: Scope, *, stopped: Flag) -> Any:
        """The output of a distributed map. Raises: StatesError, ExecutionStoppedError."""
        ...


class Interpreter:
    """Runs executions; no wait of theirs is longer than `longest_wait` seconds."""

    def __init__(self, services: Services, *, longest_wait: float) -> None:
        self._services = services
        self._longest_wait = longest_wait

    def run(
        self, machine: Machine, given: Any, *, context: Mapping[str, Any], stopped: Flag
    ) -> Any:
        """The output of the machine for an input.

        Raises:
            StatesError: it fails.
            ExecutionStoppedError: `stopped` was set.
        """
        name: str | None = machine.start_at
        data = given
        while name is not None:
            if stopped.is_set():
                raise ExecutionStoppedError
            data, name = self._enter(machine.states[name], Scope(data, context), stopped)
        return data

    def _enter(self, state: State, scope: Scope, stopped: Flag) -> tuple[Any, str | None]:
        """A state's output, and the state after it."""
        match state:
            case Task():
                return self._do(state, scope, stopped), state.next
            case Choice():
                fits = (rule.next for rule in state.choices if _fits(rule, scope))
                return scope.data, next(fits, state.default)
            case Wait():
                self._wait(state.seconds, stopped)
                return scope.data, state.next
            case Map():
                return self._services.map(state, scope, stopped=stopped), None
            case Fail():
                raise StatesError(scope.look_up(state.error_path), scope.look_up(state.cause_path))
            case Succeed():
                return scope.data, None

    def _do(self, task: Task, scope: Scope, stopped: Flag) -> Any:
        retries = Retries(task.retry)
        while True:
            try:
                result = self._services.call(task.resource, scope.fill(task.parameters))
            except StatesError as error:
                if (pause := retries.pause(error.error)) is None:
                    raise
                self._wait(pause, stopped)
            else:
                break
        if task.result_selector is not None:
            result = Scope(result, scope.context).fill(task.result_selector)
        output = placed(result, into=scope.data, at=task.result_path)
        return Scope(output, scope.context).look_up(task.output_path)

    def _wait(self, seconds: float, stopped: Flag) -> None:
        if stopped.wait(min(seconds, self._longest_wait)):
            raise ExecutionStoppedError


def _fits(rule: Rule, scope: Scope) -> bool:
    value = scope.look_up(rule.variable)
    if rule.string_equals is not None:
        return isinstance(value, str) and value == rule.string_equals
    return isinstance(value, bool) and value == rule.boolean_equals
