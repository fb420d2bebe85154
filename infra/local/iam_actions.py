"""Maps a call of an AWS API to the IAM actions and resources that it needs.

Invariant: an operation that is not listed here is refused, never let through.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_PARTIQL = re.compile(
    r"""\s*(?:(?P<insert>INSERT\s+INTO)|(?P<update>UPDATE)|(?P<delete>DELETE\s+FROM)|
    (?P<select>(?:EXISTS\s*\(\s*)?SELECT\b.*?\bFROM))
    \s+(?:"(?P<quoted>[^"]+)"|(?P<plain>[\w.-]+))(?:\s*\.\s*"(?P<index>[^"]+)")?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_VERBS = {
    "insert": "dynamodb:PartiQLInsert",
    "update": "dynamodb:PartiQLUpdate",
    "delete": "dynamodb:PartiQLDelete",
    "select": "dynamodb:PartiQLSelect",
}
_TABLE_OPERATIONS = {"DeleteItem", "DescribeTable", "GetItem", "PutItem", "UpdateItem"}
_INDEX_OPERATIONS = {"Query", "Scan"}
_OBJECT_OPERATIONS = {"DeleteObject", "GetObject", "PutObject"}
_BUCKET_READS = {"HeadBucket", "ListObjectsV2"}
_TRANSACTION_PARTS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}

Parameters = Mapping[str, Any]


class UnknownOperationError(Exception):
    """The guard does not know which IAM action a call needs."""


@dataclass(frozen=True, order=True)
class Access:
    """What IAM is asked: may the caller do `action` on `resource`, an ARN?

    `via` is the service that asks for a key in the caller's name, such as `s3`.
    """

    action: str
    resource: str
    via: str = ""


def accesses(
    service_id: str, operation: str, parameters: Parameters, *, table_arn: Callable[[str], str]
) -> list[Access]:
    """All that a call needs; `table_arn` gives the ARN of a table by its name.

    Raises: UnknownOperationError.
    """
    service = _SERVICES.get(service_id)
    needed = list(service(operation, parameters, table_arn)) if service else []
    if not needed:
        raise UnknownOperationError(f"{service_id} {operation}")
    return needed


def _dynamodb(
    operation: str, parameters: Parameters, table_arn: Callable[[str], str]
) -> Iterator[Access]:
    action = f"dynamodb:{operation}"
    if operation in _TABLE_OPERATIONS:
        yield Access(action, table_arn(parameters["TableName"]))
    elif operation in _INDEX_OPERATIONS:
        index = parameters.get("IndexName")
        arn = table_arn(parameters["TableName"])
        yield Access(action, f"{arn}/index/{index}" if index else arn)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        yield from (Access(action, table_arn(table)) for table in parameters["RequestItems"])
    elif operation in {"TransactGetItems", "TransactWriteItems"}:
        for item in parameters["TransactItems"]:
            for part, fields in item.items():
                yield Access(_TRANSACTION_PARTS[part], table_arn(fields["TableName"]))
    elif operation == "ExecuteStatement":
        yield _statement(parameters["Statement"], table_arn)
    elif operation in {"BatchExecuteStatement", "ExecuteTransaction"}:
        key = "Statements" if operation == "BatchExecuteStatement" else "TransactStatements"
        yield from (_statement(one["Statement"], table_arn) for one in parameters[key])


def _statement(text: str, table_arn: Callable[[str], str]) -> Access:
    match = _PARTIQL.match(text)
    if not match:
        raise UnknownOperationError(f"PartiQL statement {text[:40]!r}")
    verb = next(name for name in _VERBS if match[name])
    arn = table_arn(match["quoted"] or match["plain"])
    return Access(_VERBS[verb], f"{arn}/index/{match['index']}" if match["index"] else arn)


def _streams(
    operation: str, parameters: Parameters, _table_arn: Callable[[str], str]
) -> Iterator[Access]:
    action = f"dynamodb:{operation}"
    if operation in {"DescribeStream", "GetShardIterator"}:
        yield Access(action, parameters["StreamArn"])
    elif operation == "GetRecords":  # an iterator begins with the ARN of its stream
        yield Access(action, parameters["ShardIterator"].partition("|")[0])
    elif operation == "ListStreams":  # IAM knows no narrower resource for it
        yield Access(action, "*")


def _s3(
    operation: str, parameters: Parameters, _table_arn: Callable[[str], str]
) -> Iterator[Access]:
    bucket = f"arn:aws:s3:::{parameters.get('Bucket')}"
    if operation in _OBJECT_OPERATIONS:
        yield Access(f"s3:{operation}", f"{bucket}/{parameters['Key']}")
    elif operation in _BUCKET_READS:
        yield Access("s3:ListBucket", bucket)


_SERVICES = {"DynamoDB": _dynamodb, "DynamoDB Streams": _streams, "S3": _s3}
