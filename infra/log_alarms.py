"""What wakes an operator about the log: the API, the tables, the functions, the by-type projection.

Invariant: LogUnhealthy stands for what keeps events from being taken, and for nothing else.
"""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb

from infra.alarms import Alarms
from infra.distributed_rebuild import DistributedRebuild
from infra.function import Function
from infra.http_api import HttpApi
from infra.projector import Projector


def watch_log(
    alarms: Alarms,
    *,
    api: HttpApi,
    blocked: cloudwatch.IMetric | None,
    denied: cloudwatch.IMetric,
    tables: Mapping[str, dynamodb.Table],
    functions: Mapping[str, Function],
    by_type: Projector,
    rebuild: DistributedRebuild,
) -> None:
    """Alarms on all that every stage has; `blocked` is what its firewall stops, if it has one."""
    alarms.watch_api(api)
    if blocked:
        alarms.watch_firewall(blocked)
    alarms.watch_access(denied)
    alarms.watch_table(
        *("Log", tables["Log"], "ExecuteStatement", "BatchExecuteStatement"),
        *("GetItem", "BatchGetItem"),
    )
    alarms.watch_table("ByType", tables["ByType"], "BatchWriteItem", "Query")
    for name, one in functions.items():
        alarms.watch_function(name, one.function)
    for name in ("Write", "Read"):
        alarms.watch_answers(name, functions[name].function)
    alarms.watch_projector("ByType", by_type)
    alarms.watch_replay("ByType", rebuild)
    alarms.sum_up(
        *("LogUnhealthy", "ApiFailing", "AppendsUnavailable", "AccessDenied"),
        *("WriteFailing", "WriteThrottled", "LogThrottled", "LogTableFailing"),
    )
