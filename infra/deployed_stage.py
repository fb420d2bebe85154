"""Finds a stage's resources: by its stack's outputs, wherever it runs.

Invariant: nothing is guessed from names; what a command works on is what the stack says it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.aws import LocalAws
from infra.running_stack import running_stack
from infra.settings import load

LOCAL = "local"

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8}, max_pool_connections=32)


class StageNotFoundError(Exception):
    """There is no such stage, or AWS does not let this caller see it."""


@dataclass(frozen=True, slots=True)
class DeployedStage:
    """A stage that runs: the outputs of its stack, and its data folder if it runs here.

    `opensearch` is the address of the engine that runs here; on AWS an output tells it.
    """

    name: str
    region: str | None
    outputs: Mapping[str, str]
    aws: LocalAws | None = None
    data: Path | None = None
    opensearch: str | None = None

    def client(self, service: str, *, config: Config = _CONFIG) -> Any:
        """A boto3 client that reaches the stage's resources."""
        if self.aws is not None:
            return self.aws.client(service, config=config)
        return boto3.client(
            service,  # type: ignore[call-overload]  # any
            region_name=self.region,
            config=config,
        )

    def has_table(self, name: str) -> bool:
        """Whether a table is there."""
        with closing(self.client("dynamodb")) as client:
            try:
                client.describe_table(TableName=name)
            except client.exceptions.ResourceNotFoundException:
                return False
        return True

    @property
    def log_table(self) -> str:
        """Name of the log table."""
        return self.outputs["EventsTableName"]

    @property
    def by_type_table(self) -> str:
        """Name of the by-type table."""
        return self.outputs["EventsByTypeTableName"]

    @property
    def type_shards(self) -> int:
        """Partitions that one type's listing is spread over."""
        return int(self.outputs["TypeShards"])

    @property
    def by_type_rebuild(self) -> str:
        """ARN of the state machine that rebuilds the by-type projection from an export."""
        return self.outputs["ByTypeRebuildArn"]

    @property
    def parking_bucket(self) -> str:
        """Name of the parking bucket."""
        return self.outputs["ParkingBucketName"]


def deployed_stage(name: str, *, data: Path) -> DeployedStage:
    """The stage that runs on `data` if the name is `local`, else the one in CloudFormation.

    Raises:
        StackNotRunningError: nothing runs on the data folder.
        SettingsError: there are no settings for such a stage.
        StageNotFoundError: CloudFormation has no such stack, or does not let this caller see it.
    """
    if name == LOCAL:
        stack = running_stack(data)
        aws = LocalAws(stack.dynamodb, stack.s3, stack.region, stack.states)
        return DeployedStage(name, stack.region, stack.outputs, aws, data, stack.opensearch)
    settings = load(stage=name)
    stack_name = f"{settings.project}-{settings.stage}"
    return DeployedStage(name, settings.region, _outputs(stack_name, region=settings.region))


def _outputs(stack: str, *, region: str | None) -> dict[str, str]:
    try:
        client = boto3.client("cloudformation", region_name=region)
        [found] = client.describe_stacks(StackName=stack)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        raise StageNotFoundError(f"the stack {stack} cannot be read: {error}") from error
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
