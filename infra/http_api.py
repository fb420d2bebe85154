"""The REST API: routes to functions, and API Gateway's own errors.

Invariant: every answer that no function makes is an RFC 9457 problem document too.
"""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Aws, Duration, Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from api.routes import PAGES, ROUTES, Route
from api.scopes import READ, SEARCH, WRITE
from infra.access_log import AccessLog
from infra.authorization import method_options, scoped
from infra.edge_settings import Throttle
from infra.gateway_problems import answer_problems
from infra.network_policy import network_policy
from infra.other_methods import OTHERS, answer_other_methods
from infra.preflight import add_open_method, answer_preflight
from infra.settings import Settings
from infra.tls import require_tls


class HttpApi(Construct):
    """The API's one stage, its address in `url` (no slash at the end), and its metrics.

    `behind` has the function of each scope's methods; `docs`, that of the pages, if there are any.
    `writing`, `reading` and `searching` are its methods, by what their callers need the
    permission for.
    Each method has a bucket of its own: a runaway reader takes nothing from writers.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        behind: Mapping[str, lambda_.IFunction],
        docs: lambda_.IFunction | None,
        tokens: apigateway.IAuthorizer | None,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        options = method_options(settings, tokens=tokens)
        access_log = AccessLog(self, "Access", settings=settings, key=key)
        api = self.rest_api = _rest_api(self, settings, options, _stage(settings, access_log))
        to = {scope: _integration(function) for scope, function in behind.items()}
        methods = [(route, _method(api, route, to[route.scope], settings)) for route in ROUTES]
        self.writing, self.reading, self.searching = (
            [method for route, method in methods if route.scope == scope]
            for scope in (WRITE, READ, SEARCH)
        )
        if docs:
            self.reading += _pages(api, docs, settings)
        answer_other_methods(api, ROUTES, to, settings)
        if settings.edge.allowed_origins:
            paths = dict.fromkeys(route.path for route in ROUTES)
            answer_preflight(map(api.root.resource_for_path, paths), to[READ])
        answer_problems(api, settings)
        host = f"{api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        minute = Duration.minutes(1)
        self.requests = api.metric_count(period=minute, statistic="Sum")
        self.server_errors = api.metric_server_error(period=minute)
        self.client_errors = api.metric_client_error(period=minute)
        self.latency = api.metric_latency(period=minute, statistic="p99")
        self.url = f"https://{host}/{settings.stage}"


def _method(
    api: apigateway.RestApi,
    route: Route,
    integration: apigateway.Integration,
    settings: Settings,
) -> apigateway.Method:
    resource = api.root.resource_for_path(route.path)
    return resource.add_method(route.method, integration, **scoped(route.scope, settings))


def _integration(function: lambda_.IFunction) -> apigateway.Integration:
    return apigateway.LambdaIntegration(function, allow_test_invoke=False)


def _pages(
    api: apigateway.RestApi, docs: lambda_.IFunction, settings: Settings
) -> list[apigateway.Method]:
    """The methods of the API's document and pages; gives those that callers need a permission for.

    The stage's throttle for them is in `_stage`.
    """
    to_docs = _integration(docs)
    if settings.api_docs == "open":
        methods = [(route.path, route.method) for route in PAGES]
        methods += [(path, OTHERS) for path in dict.fromkeys(path for path, _ in methods)]
        for path, method in methods:
            add_open_method(api.root.resource_for_path(path), method, to_docs)
        return []
    answer_other_methods(api, PAGES, {READ: to_docs}, settings)
    return [_method(api, route, to_docs, settings) for route in PAGES]


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
