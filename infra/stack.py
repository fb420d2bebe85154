"""The stack as a diagram: tables, functions and API first, then every permission.

Invariant: no role may change or delete an event; the only write to the log is PartiQL INSERT.
"""

from collections.abc import Callable, Sequence
from functools import partial

from aws_cdk import Aws, CfnOutput, Environment, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from api import scopes
from domain import config
from infra.access_denied import access_denied
from infra.alarms import Alarms
from infra.api_methods import route_methods
from infra.browsers import browsers_of
from infra.budget import budget
from infra.by_type_table import ByTypeTable
from infra.dashboard import Dashboard
from infra.distributed_rebuild import DistributedRebuild
from infra.docs_function import docs_function
from infra.edge import Edge
from infra.encryption_key import encryption_key
from infra.explorer_on_aws import explorer_of
from infra.export_bucket import ExportBucket
from infra.function import Function
from infra.http_api import HttpApi
from infra.invoke_policy import InvokePolicy
from infra.log_alarms import watch_log
from infra.log_table import LogTable
from infra.parking_bucket import ParkingBucket
from infra.projector import Projector
from infra.rebuild_definition import EXPORTS
from infra.search import search_of
from infra.search_alarms import watch_search
from infra.settings import OPEN_WARNING, Settings
from infra.token_check import token_check
from projections.by_type_rows import BY_TYPE
from projections.parking_keys import PREFIX

WRITE = "api.write_handler.handler"
READ = "api.read_handler.handler"
BY_TYPE_PROJECTOR = "projections.by_type_handler.handler"
BY_TYPE_REPLAY = "projections.by_type_replay_handler.handler"


class EventLogStack(Stack):
    """One stage of the event log; `code` gives the asset of a handler."""

    def __init__(
        self, scope: Construct, *, settings: Settings, code: Callable[[str], lambda_.Code]
    ) -> None:
        tags = {"project": settings.project, "stage": settings.stage}
        super().__init__(
            scope,
            f"{settings.project}-{settings.stage}",
            env=Environment(region=settings.region),
            description=OPEN_WARNING if settings.authorizer == "none" else None,
            termination_protection=settings.protect_data,
            tags=tags,
        )

        key = encryption_key(self, "Key", settings=settings)
        events = LogTable(self, "EventsTable", settings=settings, key=key)
        by_type = ByTypeTable(self, "EventsByTypeTable", settings=settings, key=key)
        parking = ParkingBucket(self, "ParkingBucket", settings=settings, key=key)
        exports = ExportBucket(self, "ExportBucket", settings=settings, key=key)

        function = partial(Function, self, code=code, settings=settings, key=key)
        api = HttpApi(
            self,
            "Http",
            tokens=token_check(self, settings=settings, function=function),
            settings=settings,
            key=key,
        )
        explorer = explorer_of(self, "Explorer", api=api.url, function=function, settings=settings)
        browsers = browsers_of(settings, explorer)
        to_browsers = {config.ALLOWED_ORIGINS: " ".join(browsers.origins)}
        write = function(
            "Write",
            handler=WRITE,
            environment={config.EVENTS_TABLE: events.table_name, **to_browsers},
            sizing=settings.write,
        )
        read = function(
            "Read",
            handler=READ,
            environment={
                config.EVENTS_TABLE: events.table_name,
                config.EVENTS_BY_TYPE_TABLE: by_type.table_name,
                config.TYPE_SHARDS: str(settings.type_shards),
                config.CURSOR_KEY: Aws.STACK_ID,
                **to_browsers,
            },
            sizing=settings.read,
        )
        to_by_type = {
            config.EVENTS_BY_TYPE_TABLE: by_type.table_name,
            config.TYPE_SHARDS: str(settings.type_shards),
            config.PARKING_BUCKET: parking.bucket_name,
        }
        by_type_projector = function(
            "ByTypeProjector",
            handler=BY_TYPE_PROJECTOR,
            environment=to_by_type,
            sizing=settings.by_type_projector,
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
        by_type_replay = function(
            "ByTypeReplay",
            handler=BY_TYPE_REPLAY,
            environment={**to_by_type, config.EXPORT_BUCKET: exports.bucket_name},
            sizing=settings.by_type_replay,
        )
        by_type_rebuild = DistributedRebuild(
            self,
            "ByTypeRebuild",
            projection=BY_TYPE,
            log=events,
            exports=exports,
            replay=by_type_replay,
            key=key,
        )
        search = search_of(
            self,
            "SearchProjection",
            log=events,
            parking=parking,
            browsers=browsers,
            function=function,
            settings=settings,
            key=key,
        )
        methods = route_methods(
            api.rest_api,
            behind={
                scopes.WRITE: write.target,
                scopes.READ: read.target,
                scopes.SEARCH: search.query.target if search else read.target,
            },
            docs=docs_function(settings=settings, function=function),
            browsers=browsers,
            settings=settings,
        )
        if settings.authorizer == "iam":
            self._offer("Writer", "May append events", methods.writing)
            self._offer("Reader", "May read events", methods.reading)
            self._offer("Searcher", "May search events", methods.searching)
        edge = Edge(self, "Edge", api=api.rest_api, methods=methods, settings=settings, key=key)
        tables = {"Log": events, "ByType": by_type}
        functions = {f.node.id: f for f in self.node.children if isinstance(f, Function)}
        logs = {name: one.log_group for name, one in functions.items()}
        alarms = Alarms(self, "Alarms", settings=settings.alarms, key=key)
        watch_log(
            alarms,
            api=api,
            blocked=edge.blocked,
            denied=access_denied(self, logs),
            tables=tables,
            functions=functions,
            by_type=by_type_stream,
            rebuild=by_type_rebuild,
        )
        watch_search(alarms, search, settings=settings)
        if settings.budget:
            budget(self, "Budget", settings=settings.budget, tags=tags)
        if settings.dashboard:
            Dashboard(
                self,
                "Dashboard",
                api=api,
                functions=functions,
                tables=tables,
                projectors={BY_TYPE: by_type_stream},
                search=search,
                alarms=alarms,
            )

        write.allow("dynamodb:PartiQLInsert", "dynamodb:GetItem", on=events.table_arn)
        read.allow("dynamodb:GetItem", "dynamodb:BatchGetItem", on=events.table_arn)
        read.allow("dynamodb:Query", on=by_type.table_arn)
        by_type_projector.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)
        by_type_replay.allow("s3:GetObject", on=exports.arn_for_objects(f"{EXPORTS}/*"))
        by_type_replay.allow("dynamodb:BatchWriteItem", on=by_type.table_arn)
        by_type_replay.allow("s3:PutObject", on=parking.arn_for_objects(f"{PREFIX}/{BY_TYPE}/*"))

        for name, value in {
            "ApiUrl": api.url,
            "Authorizer": settings.authorizer,
            "EventsTableName": events.table_name,
            "EventsByTypeTableName": by_type.table_name,
            "TypeShards": str(settings.type_shards),
            "ParkingBucketName": parking.bucket_name,
            "ByTypeMappingId": by_type_stream.mapping_id,
            "ByTypeProjectorName": by_type_projector.function.function_name,
            "ByTypeRebuildArn": by_type_rebuild.arn,
            "ByTypeProjectorLogs": by_type_projector.log_group.log_group_name,
            "AlarmTopicArn": alarms.topic.topic_arn,
            **({"ExplorerUrl": explorer.origin} if explorer else {}),
            **(search.outputs if search else {}),
            **{f"ApiKeyId{name.capitalize()}": id for name, id in edge.key_ids.items()},
        }.items():
            CfnOutput(self, name, value=value)

    def _offer(self, name: str, what: str, methods: Sequence[apigateway.Method]) -> None:
        """A policy for those who call the API, and an output that tells its ARN."""
        policy = InvokePolicy(
            self, name, methods=methods, description=f"{what} ({self.stack_name})"
        )
        CfnOutput(self, f"{name}PolicyArn", value=policy.managed_policy_arn)
