"""A run of the distributed rebuild's state machine, as its operator sees it.

Invariant: one run at a time is watched: starting while one runs finds that one.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from projections.rebuild import Rebuilt

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RUNNING = {"RUNNING", "PENDING_REDRIVE"}


class RunFailedError(Exception):
    """A run did not end well; the message has the file that failed, if one did, and why."""

    def __init__(self, name: str, status: str, reason: str) -> None:
        self.name, self.status = name, status
        super().__init__(
            f"{name} {status.lower().replace('_', ' ')}: {reason}."
            " When its cause is mended, start again: repeating is safe"
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run; `found` if it ran already."""

    arn: str
    found: bool

    @property
    def name(self) -> str:
        """The execution's name."""
        return self.arn.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in the export's files; `total` is 0 while the export is being made."""

    status: str
    done: int
    total: int

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.status in _RUNNING


class DistributedRuns:
    """The runs of one state machine.

    Raises, from every method:
        ClientError, BotoCoreError: AWS refuses, or is out of reach.
    """

    def __init__(self, client: Any, *, state_machine: str) -> None:
        self._client = client
        self._machine = state_machine

    def start(self, *, workers: int, worker_rate: float | None) -> Run:
        """Begin a run, unless one is running.

        Its name is the second of the start: a request that is sent twice begins it once.
        """
        running = self._client.list_executions(
            stateMachineArn=self._machine, statusFilter="RUNNING", maxResults=1
        )["executions"]
        if running:
            return Run(running[0]["executionArn"], found=True)
        started = self._client.start_execution(
            stateMachineArn=self._machine,
            name=f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}",
            input=json.dumps({"workers": workers, "rate": worker_rate}),
        )
        return Run(started["executionArn"], found=False)

    def progress(self, run: Run) -> Progress:
        """How far it is."""
        status = self._client.describe_execution(executionArn=run.arn)["status"]
        maps = self._client.list_map_runs(executionArn=run.arn)["mapRuns"]
        if not maps:
            return Progress(status, 0, 0)
        files = self._client.describe_map_run(mapRunArn=maps[0]["mapRunArn"])["itemCounts"]
        return Progress(status, files["succeeded"], files["total"])

    def outcome(self, run: Run, s3: S3Client) -> Rebuilt:
        """What became of all items, of a run that has ended.

        Raises:
            RunFailedError: it did not succeed.
        """
        ended = self._client.describe_execution(executionArn=run.arn)
        if ended["status"] != "SUCCEEDED":
            raise RunFailedError(run.name, ended["status"], self._reason(run, ended))
        written = json.loads(ended["output"])["ResultWriterDetails"]
        total = Rebuilt()
        for file in _results(s3, written["Bucket"], written["Key"]):
            total = Rebuilt(*(getattr(total, f.name) + file[f.name] for f in fields(Rebuilt)))
        return total

    def _reason(self, run: Run, ended: dict[str, Any]) -> str:
        for map_run in self._client.list_map_runs(executionArn=run.arn)["mapRuns"]:
            failed = self._client.list_executions(
                mapRunArn=map_run["mapRunArn"], statusFilter="FAILED", maxResults=1
            )["executions"]
            for child in failed:
                found = self._client.describe_execution(executionArn=child["executionArn"])
                return f"{json.loads(found['input'])['key']}: {_cause(found)}"
        return _cause(ended)


def _results(s3: S3Client, bucket: str, manifest: str) -> Iterator[dict[str, Any]]:
    """What became of each file, out of the results that the state machine wrote.

    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
    """
    listed = json.loads(s3.get_object(Bucket=bucket, Key=manifest)["Body"].read())
    for file in listed["ResultFiles"]["SUCCEEDED"]:
        for line in s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].iter_lines():
            yield json.loads(line)


def _cause(ended: dict[str, Any]) -> str:
    """The error and its cause, which is JSON where a function has failed."""
    error, cause = ended.get("error", "no reason is known"), ended.get("cause", "")
    with suppress(ValueError, KeyError, TypeError):
        cause = json.loads(cause)["errorMessage"]
    return f"{error}: {cause}" if cause else str(error)
