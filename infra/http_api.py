"""The REST API: its one stage, with logs and rates; `api_methods.py` has what is called in it."""

from typing import cast

from aws_cdk import Aws, Duration, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from constructs import Construct

from api.routes import PAGES
from infra.access_log import AccessLog
from infra.authorization import method_options
from infra.edge_settings import Throttle
from infra.network_policy import network_policy
from infra.settings import Settings
from infra.tls import require_tls


class HttpApi(Construct):
    """The API's one stage, its address in `url` (no slash at the end), and its metrics.

    It has its methods from `route_methods`, once there are functions, which may know its address.
    Each method has a bucket of its own: a runaway reader takes nothing from writers.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tokens: apigateway.IAuthorizer | None,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        options = method_options(settings, tokens=tokens)
        access_log = AccessLog(self, "Access", settings=settings, key=key)
        api = self.rest_api = _rest_api(self, settings, options, _stage(settings, access_log))
        host = f"{api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        minute = Duration.minutes(1)
        self.requests = api.metric_count(period=minute, statistic="Sum")
        self.server_errors = api.metric_server_error(period=minute)
        self.client_errors = api.metric_client_error(period=minute)
        self.latency = api.metric_latency(period=minute, statistic="p99")
        domain = settings.edge.domain
        self.url = f"https://{domain.name}" if domain else f"https://{host}/{settings.stage}"


def _rest_api(
    scope: Construct,
    settings: Settings,
    options: apigateway.MethodOptions,
    stage: apigateway.StageOptions,
) -> apigateway.RestApi:
    api = apigateway.RestApi(
        scope,
        "Api",
        rest_api_name=f"{settings.project}-{settings.stage}",
        endpoint_types=[apigateway.EndpointType.REGIONAL],
        cloud_watch_role=False,
        policy=network_policy(settings),
        default_method_options=options,
        # Bodies reach the functions with their exact bytes; text would be mended on the way.
        binary_media_types=["*/*"],
        min_compression_size=Size.kibibytes(1),
        disable_execute_api_endpoint=True if settings.edge.domain else None,
        deploy_options=stage,
    )
    require_tls(cast("apigateway.CfnRestApi", api.node.default_child))
    api.node.try_remove_child("Endpoint")  # an output that the stack gives under its own name
    return api


def _stage(settings: Settings, access_log: AccessLog) -> apigateway.StageOptions:
    """Rates by method, and logs; an execution log has payloads in it, so no stage writes one."""
    read, pages = settings.edge.read, () if settings.api_docs == "off" else PAGES
    return apigateway.StageOptions(
        stage_name=settings.stage,
        tracing_enabled=settings.tracing,
        access_log_destination=access_log.destination,
        access_log_format=access_log.format,
        logging_level=apigateway.MethodLoggingLevel.OFF,
        data_trace_enabled=False,
        throttling_rate_limit=read.requests_per_second,
        throttling_burst_limit=read.burst,
        method_options={
            "/events/POST": _rate(settings.edge.write),
            **{f"{route.path}/{route.method}": _rate(settings.edge.docs) for route in pages},
        },
    )


def _rate(limit: Throttle) -> apigateway.MethodDeploymentOptions:
    return apigateway.MethodDeploymentOptions(
        logging_level=apigateway.MethodLoggingLevel.OFF,
        data_trace_enabled=False,
        throttling_rate_limit=limit.requests_per_second,
        throttling_burst_limit=limit.burst,
    )
