"""Typed views of the template's resources that the local stack runs, with all values resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.edge_resources import Edge
from infra.local.step_functions.language import Machine


@dataclass(frozen=True)
class Table:
    """A DynamoDB table: `create` holds the arguments of CreateTable; `ttl` the attribute's name.

    `recoverable` says whether it has point-in-time recovery; `key` is its key's ARN where it is not
    DynamoDB's own.
    """

    logical_id: str
    name: str
    create: Mapping[str, Any]
    ttl: str | None
    recoverable: bool = False
    key: str | None = None


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket; `key` is its key's ARN where it is not S3's own."""

    name: str
    versioned: bool
    key: str | None = None


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies; with `via`, of what that service does for the caller."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    via: str = ""


@dataclass(frozen=True)
class Role:
    """An IAM role with the statements of all its policies.

    `keys` has the ARN of the key that each encrypted table and bucket has, by its own.
    """

    name: str
    arn: str
    statements: tuple[Statement, ...]
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A managed policy, to be attached to whoever is to have it."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Function:
    """A Lambda function; `timeout` in seconds, `memory` in MB; `concurrency` may be unlimited.

    `code` is the folder of its asset, where that is known.
    """

    logical_id: str
    name: str
    arn: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    role: Role
    log_group: str
    log_group_arn: str
    concurrency: int | None
    code: Path | None = None


@dataclass(frozen=True)
class Route:
    """A method of the REST API: a path template such as `/events/{id}`, and its function's name.

    `authorization` is the method's authorization type, `authorizer` the id of its own, if any;
    `key_required` says whether its callers need an API key as well.
    """

    method: str
    path: str
    resource_id: str
    function: str
    authorization: str = "NONE"
    authorizer: str | None = None
    key_required: bool = False


@dataclass(frozen=True)
class TokenAuthorizer:
    """A Lambda authorizer of type TOKEN, asked about what is in `header` (in lower case).

    A token that `expression` does not match is refused unasked; an answer counts for `ttl` seconds.
    """

    id: str
    function: str
    header: str
    expression: str
    ttl: int


@dataclass(frozen=True)
class GatewayResponse:
    """What API Gateway answers itself for one response type."""

    status: int | None
    templates: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Api:
    """The REST API."""

    id: str
    stage: str
    routes: tuple[Route, ...]
    binary_media_types: tuple[str, ...]
    responses: Mapping[str, GatewayResponse]
    authorizers: Mapping[str, TokenAuthorizer] = field(default_factory=dict)
    edge: Edge = field(default_factory=Edge)
    minimum_compression: int | None = None


@dataclass(frozen=True)
class StateMachine:
    """A Step Functions state machine, with its definition read."""

    name: str
    arn: str
    definition: Machine
    role: Role
