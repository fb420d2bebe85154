"""The REST API: routes to functions, and API Gateway's own errors.

Invariant: every answer that no function makes is an RFC 9457 problem document too.
"""

import json
from collections.abc import Mapping
from typing import cast

from aws_cdk import Aws, Duration
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from api.scopes import READ, WRITE
from infra.access_log import AccessLog
from infra.authorization import method_options, scoped
from infra.network_policy import network_policy
from infra.settings import Settings
from infra.tls import require_tls

_MESSAGE = "$context.error.messageString"  # a JSON string already, with its quotes
_Problem = tuple[int | None, str, str]
"""Status, title, and the detail as a JSON text."""
_PROBLEMS: Mapping[str, _Problem] = {
    "UNAUTHORIZED": (401, "Unauthorized", _MESSAGE),
    "ACCESS_DENIED": (403, "Forbidden", _MESSAGE),
    "INVALID_SIGNATURE": (403, "Forbidden", _MESSAGE),
    "EXPIRED_TOKEN": (403, "Forbidden", _MESSAGE),
    "INVALID_API_KEY": (403, "Forbidden", '"The request bears no API key of this stage."'),
    "WAF_FILTERED": (403, "Forbidden", '"The firewall blocks the request."'),
    "RESOURCE_NOT_FOUND": (404, "Not Found", _MESSAGE),
    "REQUEST_TOO_LARGE": (413, "Content Too Large", _MESSAGE),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Unsupported Media Type", _MESSAGE),
    "THROTTLED": (429, "Too Many Requests", _MESSAGE),
    "QUOTA_EXCEEDED": (429, "Too Many Requests", _MESSAGE),
    "INTEGRATION_FAILURE": (502, "Bad Gateway", _MESSAGE),
    "INTEGRATION_TIMEOUT": (504, "Gateway Timeout", _MESSAGE),
    # All others keep the status that API Gateway gives them, which no template can name.
    "DEFAULT_4XX": (None, "$context.error.responseType", _MESSAGE),
    "DEFAULT_5XX": (None, "$context.error.responseType", _MESSAGE),
}
_HEADERS = {
    "UNAUTHORIZED": {"WWW-Authenticate": "'Bearer'"},
    "THROTTLED": {"Retry-After": "'1'"},  # by then a token has come in
}
# What API Gateway says of an unsigned request, but also of a route that does not exist.
_UNKNOWN = "MISSING_AUTHENTICATION_TOKEN"
_UNKNOWN_PROBLEMS = {
    "iam": (403, "Forbidden", '"The request is not signed, or there is no such route."'),
    "cognito": (404, "Not Found", '"There is no such route."'),
    "jwt": (404, "Not Found", '"There is no such route."'),
    "none": (404, "Not Found", '"There is no such route."'),
}


class HttpApi(Construct):
    """The API's one stage, its address in `url` (no slash at the end), and its 5xx answers.

    `writing` and `reading` are its methods, by what their callers need the permission for.
    Each method has a bucket of its own: a runaway reader takes nothing from writers.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        write: lambda_.IFunction,
        read: lambda_.IFunction,
        tokens: apigateway.IAuthorizer | None,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        api = self.rest_api = _rest_api(self, settings, method_options(settings, tokens=tokens))
        to_write = apigateway.LambdaIntegration(write, allow_test_invoke=False)
        to_read = apigateway.LambdaIntegration(read, allow_test_invoke=False)
        events = api.root.add_resource("events")
        self.writing = [events.add_method("POST", to_write, **scoped(WRITE, settings))]
        self.reading = [
            resource.add_method("GET", to_read, **scoped(READ, settings))
            for resource in (
                events,
                events.add_resource("{id}"),
                api.root.add_resource("types"),
            )
        ]
        _answer_problems(api, {**_PROBLEMS, _UNKNOWN: _UNKNOWN_PROBLEMS[settings.authorizer]})
        host = f"{api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        self.server_errors = api.metric_server_error(period=Duration.minutes(1))
        self.url = f"https://{host}/{settings.stage}"


def _rest_api(
    scope: Construct, settings: Settings, options: apigateway.MethodOptions
) -> apigateway.RestApi:
    access_log = AccessLog(scope, "Access", settings=settings)
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
        disable_execute_api_endpoint=True if settings.edge.domain else None,
        deploy_options=apigateway.StageOptions(
            stage_name=settings.stage,
            access_log_destination=access_log.destination,
            access_log_format=access_log.format,
            # An execution log has payloads and paths in it: no stage ever writes one.
            logging_level=apigateway.MethodLoggingLevel.OFF,
            data_trace_enabled=False,
            throttling_rate_limit=settings.edge.read.requests_per_second,
            throttling_burst_limit=settings.edge.read.burst,
            method_options={
                "/events/POST": apigateway.MethodDeploymentOptions(
                    logging_level=apigateway.MethodLoggingLevel.OFF,
                    data_trace_enabled=False,
                    throttling_rate_limit=settings.edge.write.requests_per_second,
                    throttling_burst_limit=settings.edge.write.burst,
                )
            },
        ),
    )
    require_tls(cast("apigateway.CfnRestApi", api.node.default_child))
    api.node.try_remove_child("Endpoint")  # an output that the stack gives under its own name
    return api


def _answer_problems(api: apigateway.RestApi, problems: Mapping[str, _Problem]) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html"""
    for name, (status, title, detail) in problems.items():
        known = {"status": status} if status else {}
        head = json.dumps({"type": "about:blank", "title": title, **known})
        api.add_gateway_response(
            f"Problem{name}",
            type=apigateway.ResponseType.of(name),
            status_code=str(status) if status else None,
            response_headers=_HEADERS.get(name),
            templates={"application/problem+json": f'{head[:-1]}, "detail": {detail}}}'},
        )
