"""The stack as a diagram: tables, functions and API first, then every permission.

Invariant: no role may change or delete an event; the only write to the log is PartiQL INSERT.
"""

from collections.abc import Callable

from aws_cdk import Aws, CfnOutput, Environment, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain import config
from infra.by_type_table import ByTypeTable
from infra.function import Function
from infra.http_api import HttpApi
from infra.log_table import LogTable
from infra.projector import Projector
from infra.settings import Settings

WRITE = "api.write_handler.handler"
READ = "api.read_handler.handler"
BY_TYPE_PROJECTOR = "projections.by_type_handler.handler"


class EventLogStack(Stack):
    """One stage of the event log; `code` gives the asset of a handler."""

    def __init__(
        self, scope: Construct, *, settings: Settings, code: Callable[[str], lambda_.Code]
    ) -> None:
        super().__init__(
            scope,
            f"{settings.project}-{settings.stage}",
            env=Environment(region=settings.region),
            termination_protection=settings.protect_data,
            tags={"project": settings.project, "stage": settings.stage},
        )

        events = LogTable(self, "EventsTable", settings=settings)
        by_type = ByTypeTable(self, "EventsByTypeTable", settings=settings)

        write = Function(
            self,
            "Write",
            handler=WRITE,
            code=code(WRITE),
            environment={config.EVENTS_TABLE: events.table_name},
            sizing=settings.write,
            settings=settings,
        )
        read = Function(
            self,
            "Read",
            handler=READ,
            code=code(READ),
            environment={
                config.EVENTS_TABLE: events.table_name,
                config.EVENTS_BY_TYPE_TABLE: by_type.table_name,
                config.TYPE_SHARDS: str(settings.type_shards),
                config.CURSOR_KEY: Aws.STACK_ID,
            },
            sizing=settings.read,
            settings=settings,
        )
        by_type_projector = Function(
            self,
            "ByTypeProjector",
            handler=BY_TYPE_PROJECTOR,
            code=code(BY_TYPE_PROJECTOR),
            environment={
                config.EVENTS_BY_TYPE_TABLE: by_type.table_name,
                config.TYPE_SHARDS: str(settings.type_shards),
            },
            sizing=settings.by_type_projector,
            settings=settings,
        )
        Projector(
            self,
            "ByTypeStream",
            log=events,
            to=by_type_projector,
            stream=settings.by_type_stream,
        )
        api = HttpApi(self, "Http", write=write.function, read=read.function, settings=settings)

        write.allow("dynamodb:PartiQLInsert", "dynamodb:GetItem", on=events.table_arn)
        read.allow("dynamodb:GetItem", "dynamodb:BatchGetItem", on=events.table_arn)
        read.allow("dynamodb:Query", on=by_type.table_arn)
        by_type_projector.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)

        CfnOutput(self, "ApiUrl", value=api.url)
        CfnOutput(self, "EventsTableName", value=events.table_name)
        CfnOutput(self, "EventsByTypeTableName", value=by_type.table_name)
