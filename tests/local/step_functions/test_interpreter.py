"""States one after another, with Step Functions' retries.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import json
import time
from threading import Event as Flag
from threading import Timer
from typing import Any

import pytest

from infra.local.step_functions.data import Scope
from infra.local.step_functions.error import ExecutionStoppedError, StatesError
from infra.local.step_functions.interpreter import Interpreter
from infra.local.step_functions.language import Map, Retrier, read_definition
from infra.local.step_functions.retry import Retries

TASK: dict[str, Any] = {
    "Type": "Task",
    "Resource": "work",
    "Parameters": {"given.$": "$"},
    "Next": "Done",
}
DONE = {"Type": "Succeed"}


class Work:
    """A service that answers, or fails, as it is told; `calls` has the arguments."""

    def __init__(self, *answers: Any) -> None:
        self.calls: list[Any] = []
        self._answers = list(answers)

    def call(self, resource: str, arguments: dict[str, Any]) -> Any:
        self.calls.append(arguments)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def map(self, state: Map, scope: Scope, *, stopped: Flag) -> Any:
        raise NotImplementedError


def run(work: Work, given: Any, *, stopped: Flag | None = None, **states: Any) -> Any:
    text = json.dumps({"StartAt": next(iter(states)), "States": {**states, "Done": DONE}})
    interpreter = Interpreter(work, longest_wait=0.01)
    return interpreter.run(
        read_definition(text), given, context={}, stopped=Flag() if stopped is None else stopped
    )


def retrier(**fields: Any) -> Retrier:
    return Retrier.model_validate(fields)


def failing(error: str = "Faulty") -> StatesError:
    return StatesError(error, "no reason")


def test_a_tasks_result_is_selected_placed_and_filtered() -> None:
    state = {**TASK, "ResultSelector": {"n.$": "$.x.y"}, "ResultPath": "$.kept"}
    assert run(Work({"x": {"y": 2}}), {"a": 1}, First=state) == {"a": 1, "kept": {"n": 2}}
    filtered = {**TASK, "OutputPath": "$.Payload"}
    assert run(Work({"Payload": [3]}), {"a": 1}, First=filtered) == [3]


def test_the_first_rule_that_fits_decides_or_else_the_default() -> None:
    rules = [
        {"Variable": "$.text", "StringEquals": "x", "Next": "Done"},
        {"Variable": "$.flag", "BooleanEquals": True, "Next": "Done"},
    ]
    choice = {"Type": "Choice", "Choices": rules, "Default": "Again"}
    fitting: list[dict[str, Any]] = [{"text": "x"}, {"text": None, "flag": True}]
    for given in fitting:
        assert run(Work(), given, First=choice, Again=TASK) == given
    others: list[dict[str, Any]] = [{"text": "y", "flag": False}, {"text": True, "flag": "true"}]
    for given in others:
        assert run(Work("again"), given, First=choice, Again=TASK) == "again"


def test_a_fail_state_fails_with_what_the_data_names() -> None:
    state = {"Type": "Fail", "ErrorPath": "$.code", "CausePath": "$.why"}
    with pytest.raises(StatesError) as caught:
        run(Work(), {"code": "S3NoSuchBucket", "why": "gone"}, First=state)
    assert (caught.value.error, caught.value.cause) == ("S3NoSuchBucket", "gone")


def test_a_task_is_tried_again_until_it_succeeds_or_the_attempts_are_over() -> None:
    state = {**TASK, "Retry": [{"ErrorEquals": ["Faulty"], "MaxAttempts": 2}]}
    work = Work(failing(), failing(), "ok")
    assert run(work, 1, First=state) == "ok"
    assert work.calls == [{"given": 1}] * 3
    work = Work(failing(), failing(), failing(), "too late")
    with pytest.raises(StatesError):
        run(work, 1, First=state)
    assert len(work.calls) == 3, "one call and two retries"


@pytest.mark.parametrize(
    ("name", "error", "again"),
    [
        ("States.TaskFailed", "Anything", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.TaskFailed", "States.Runtime", False),
        ("States.TaskFailed", "States.DataLimitExceeded", False),
        ("Other", "Faulty", False),
    ],
)
def test_which_errors_a_retrier_matches(name: str, error: str, again: bool) -> None:
    assert (Retries([retrier(ErrorEquals=(name,))]).pause(error) is not None) is again


def test_the_first_retrier_that_matches_decides_and_counts_for_itself() -> None:
    never = retrier(ErrorEquals=("Never",), MaxAttempts=0)
    once = retrier(ErrorEquals=("Once",), MaxAttempts=1)
    rest = retrier(ErrorEquals=("States.TaskFailed",), MaxAttempts=2)
    retries = Retries([never, once, rest])
    tried = [retries.pause(error) is not None for error in ("Never", "Once", "Else", "Once")]
    assert tried == [False, True, True, False]
    assert [retries.pause("Else") is not None for _ in range(2)] == [True, False]


def test_pauses_grow_up_to_the_longest_and_jitter_spreads_them() -> None:
    fields: dict[str, Any] = {"IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 10}
    plain = Retries([retrier(ErrorEquals=("E",), MaxAttempts=9, **fields)])
    assert [plain.pause("E") for _ in range(4)] == [2, 6, 10, 10]
    spread = Retries(
        [retrier(ErrorEquals=("E",), MaxAttempts=200, JitterStrategy="FULL", **fields)]
    )
    pauses = [pause for _ in range(200) if (pause := spread.pause("E")) is not None][2:]
    assert 0 <= min(pauses) < 2
    assert 8 < max(pauses) <= 10


@pytest.mark.parametrize("answers", [[failing()] * 99, []], ids=["between tries", "between states"])
def test_an_execution_that_is_stopped_ends_where_it_is(answers: list[Exception]) -> None:
    stopped = Flag()
    retried = {**TASK, "Retry": [{"ErrorEquals": ["Faulty"], "MaxAttempts": 99}]}
    waiting = {"Type": "Wait", "Seconds": 60, "Next": "First"}
    Timer(0.1, stopped.set).start()
    began = time.monotonic()
    with pytest.raises(ExecutionStoppedError):
        run(Work(*answers), 1, stopped=stopped, First=retried if answers else waiting)
    assert time.monotonic() - began < 5
