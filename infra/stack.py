"""The stack as a diagram: tables, functions and API first, then every permission.

Invariant: no role may change or delete an event; the only write to the log is PartiQL INSERT.
"""

from collections.abc import Callable, Sequence

from aws_cdk import Aws, CfnOutput, Environment, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain import config
from infra.alarms import Alarms
from infra.authorization import function_tokens, user_pool_tokens
from infra.by_type_table import ByTypeTable
from infra.distributed_rebuild import DistributedRebuild
from infra.export_bucket import ExportBucket
from infra.function import Function
from infra.http_api import HttpApi
from infra.invoke_policy import InvokePolicy
from infra.log_table import LogTable
from infra.parking_bucket import ParkingBucket
from infra.projector import Projector
from infra.rebuild_definition import EXPORTS
from infra.settings import OPEN_WARNING, JwtSettings, Settings
from infra.user_pool import user_pool
from projections.by_type_rows import BY_TYPE
from projections.parking_keys import PREFIX

WRITE = "api.write_handler.handler"
READ = "api.read_handler.handler"
AUTHORIZE = "api.authorize_handler.handler"
BY_TYPE_PROJECTOR = "projections.by_type_handler.handler"
BY_TYPE_REPLAY = "projections.by_type_replay_handler.handler"


class EventLogStack(Stack):
    """One stage of the event log; `code` gives the asset of a handler."""

    def __init__(
        self, scope: Construct, *, settings: Settings, code: Callable[[str], lambda_.Code]
    ) -> None:
        super().__init__(
            scope,
            f"{settings.project}-{settings.stage}",
            env=Environment(region=settings.region),
            description=OPEN_WARNING if settings.authorizer == "none" else None,
            termination_protection=settings.protect_data,
            tags={"project": settings.project, "stage": settings.stage},
        )

        events = LogTable(self, "EventsTable", settings=settings)
        by_type = ByTypeTable(self, "EventsByTypeTable", settings=settings)
        parking = ParkingBucket(self, "ParkingBucket", settings=settings)
        exports = ExportBucket(self, "ExportBucket", settings=settings)

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
                config.PARKING_BUCKET: parking.bucket_name,
            },
            sizing=settings.by_type_projector,
            settings=settings,
        )
        by_type_stream = Projector(
            self,
            "ByTypeStream",
            projection=BY_TYPE,
            log=events,
            to=by_type_projector,
            parking=parking,
            stream=settings.by_type_stream,
        )
        by_type_replay = Function(
            self,
            "ByTypeReplay",
            handler=BY_TYPE_REPLAY,
            code=code(BY_TYPE_REPLAY),
            environment={
                config.EVENTS_BY_TYPE_TABLE: by_type.table_name,
                config.TYPE_SHARDS: str(settings.type_shards),
                config.EXPORT_BUCKET: exports.bucket_name,
                config.PARKING_BUCKET: parking.bucket_name,
            },
            sizing=settings.by_type_replay,
            settings=settings,
        )
        by_type_rebuild = DistributedRebuild(
            self,
            "ByTypeRebuild",
            projection=BY_TYPE,
            log=events,
            exports=exports,
            replay=by_type_replay,
        )
        tokens = None
        if settings.cognito:
            pool = user_pool(self, "UserPool", pool=settings.cognito, settings=settings)
            CfnOutput(self, "UserPoolId", value=pool.user_pool_id)
            tokens = user_pool_tokens(self, pool, settings.cognito)
        if settings.jwt:
            tokens = function_tokens(
                self, self._token_check(code, settings.jwt, settings), settings.jwt
            )
        api = HttpApi(
            self,
            "Http",
            write=write.function,
            read=read.function,
            tokens=tokens,
            settings=settings,
        )
        if settings.authorizer == "iam":
            self._offer("Writer", "May append events", api.writing)
            self._offer("Reader", "May read events", api.reading)
        alarms = Alarms(self, "Alarms")
        alarms.watch_api(api.server_errors)
        alarms.watch_table("Log", events)
        alarms.watch_table("ByType", by_type)
        alarms.watch_projector("ByType", by_type_stream)
        alarms.watch_replay("ByType", by_type_rebuild)

        write.allow("dynamodb:PartiQLInsert", "dynamodb:GetItem", on=events.table_arn)
        read.allow("dynamodb:GetItem", "dynamodb:BatchGetItem", on=events.table_arn)
        read.allow("dynamodb:Query", on=by_type.table_arn)
        by_type_projector.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)
        by_type_replay.allow("s3:GetObject", on=exports.arn_for_objects(f"{EXPORTS}/*"))
        by_type_replay.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)
        by_type_replay.allow("s3:PutObject", on=parking.arn_for_objects(f"{PREFIX}/{BY_TYPE}/*"))

        CfnOutput(self, "ApiUrl", value=api.url)
        CfnOutput(self, "Authorizer", value=settings.authorizer)
        CfnOutput(self, "EventsTableName", value=events.table_name)
        CfnOutput(self, "EventsByTypeTableName", value=by_type.table_name)
        CfnOutput(self, "TypeShards", value=str(settings.type_shards))
        CfnOutput(self, "ParkingBucketName", value=parking.bucket_name)
        CfnOutput(self, "ByTypeMappingId", value=by_type_stream.mapping_id)
        CfnOutput(self, "ByTypeProjectorName", value=by_type_projector.function.function_name)
        CfnOutput(self, "ByTypeRebuildArn", value=by_type_rebuild.arn)
        CfnOutput(self, "ByTypeProjectorLogs", value=by_type_projector.log_group.log_group_name)
        CfnOutput(self, "AlarmTopicArn", value=alarms.topic.topic_arn)

    def _token_check(
        self, code: Callable[[str], lambda_.Code], jwt: JwtSettings, settings: Settings
    ) -> lambda_.Function:
        """The function that API Gateway asks about tokens; it calls nothing of AWS."""
        return Function(
            self,
            "Authorize",
            handler=AUTHORIZE,
            code=code(AUTHORIZE),
            environment={
                config.JWT_ISSUER: jwt.issuer,
                config.JWT_AUDIENCE: jwt.audience,
                config.JWT_ALGORITHMS: ",".join(jwt.algorithms),
            },
            sizing=jwt.function,
            settings=settings,
        ).function

    def _offer(self, name: str, what: str, methods: Sequence[apigateway.Method]) -> None:
        """A policy for those who call the API, and an output that tells its ARN."""
        policy = InvokePolicy(
            self, name, methods=methods, description=f"{what} ({self.stack_name})"
        )
        CfnOutput(self, f"{name}PolicyArn", value=policy.managed_policy_arn)
