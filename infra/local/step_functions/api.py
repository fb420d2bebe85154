"""The operations of Step Functions that commands use, on this machine's executions.

Invariant: an operation that is not run here is an error, never an empty answer.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from infra.local.step_functions.executions import Executions, NameTakenError
from infra.local.step_functions.ledger import Execution, MapRun

Answer = dict[str, Any]


class ApiError(Exception):
    """An error by its name in the API."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class StatesApi:
    """The operations, by name."""

    def __init__(self, executions: Executions) -> None:
        self._executions = executions
        self._ledger = executions.ledger
        self._operations: dict[str, Callable[[Answer], Answer]] = {
            "StartExecution": self._start,
            "DescribeExecution": lambda asked: _described(self._execution(asked["executionArn"])),
            "ListExecutions": self._list,
            "ListMapRuns": self._list_map_runs,
            "DescribeMapRun": lambda asked: _described_map(self._map_run(asked["mapRunArn"])),
        }

    def answer(self, operation: str, request: Answer) -> tuple[int, Answer]:
        """The status and the JSON that AWS would answer with."""
        run = self._operations.get(operation)
        if run is None:
            return _error("UnknownOperationException", f"{operation} is not run here")
        try:
            return 200, run(request)
        except ApiError as error:
            return _error(error.code, str(error))

    def _start(self, asked: Answer) -> Answer:
        try:
            started = self._executions.start(
                asked["stateMachineArn"], asked["name"], asked.get("input", "{}")
            )
        except KeyError as error:
            raise ApiError("StateMachineDoesNotExist", str(error)) from error
        except ValueError as error:
            raise ApiError("InvalidExecutionInput", str(error)) from error
        except NameTakenError as error:
            raise ApiError("ExecutionAlreadyExists", str(error)) from error
        return {"executionArn": started.arn, "startDate": started.started}

    def _list(self, asked: Answer) -> Answer:
        if "mapRunArn" in asked:
            found = list(self._map_run(asked["mapRunArn"]).children)
        else:
            found = self._ledger.executions(asked["stateMachineArn"])
        wanted = asked.get("statusFilter")
        listed = [_listed(one) for one in found if wanted in {None, one.status}]
        return {"executions": listed[: asked.get("maxResults") or None]}

    def _list_map_runs(self, asked: Answer) -> Answer:
        runs = self._ledger.map_runs(self._execution(asked["executionArn"]).arn)
        return {
            "mapRuns": [
                _without_none(
                    executionArn=run.execution_arn,
                    mapRunArn=run.arn,
                    stateMachineArn=run.machine_arn,
                    startDate=run.started,
                    stopDate=run.ended,
                )
                for run in runs
            ]
        }

    def _execution(self, arn: str) -> Execution:
        if (found := self._ledger.execution(arn)) is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return found

    def _map_run(self, arn: str) -> MapRun:
        if (found := self._ledger.map_run(arn)) is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return found


def _listed(one: Execution) -> Answer:
    return _without_none(
        executionArn=one.arn,
        stateMachineArn=one.machine_arn,
        name=one.name,
        status=one.status,
        startDate=one.started,
        stopDate=one.ended,
        mapRunArn=one.map_run_arn,
    )


def _described(one: Execution) -> Answer:
    ended = _without_none(output=one.output, error=one.error, cause=one.cause)
    return {**_listed(one), "input": one.input, **ended}


def _described_map(run: MapRun) -> Answer:
    return _without_none(
        mapRunArn=run.arn,
        executionArn=run.execution_arn,
        status=run.status,
        startDate=run.started,
        stopDate=run.ended,
        maxConcurrency=run.concurrency,
        toleratedFailureCount=0,
        toleratedFailurePercentage=0.0,
        itemCounts=run.counts(),
        executionCounts=run.counts(),
    )


def _error(code: str, message: str) -> tuple[int, Answer]:
    return 400, {"__type": code, "message": message}


def _without_none(**fields: Any) -> Answer:
    return {name: value for name, value in fields.items() if value is not None}
