"""The API's access log: a JSON line a request, of who called what and how it ended.

Invariant: nothing in it is what a caller sent: no body, header or query, and the route instead of
the path, since ids are the callers' data too; of an API key its id. Values are texts, `-` where
there is none.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
"""

import json

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.log_group import log_group
from infra.settings import Settings

_PRINCIPALS = {
    "iam": "$context.identity.userArn",
    "cognito": "$context.authorizer.claims.sub",
    "jwt": "$context.authorizer.principalId",
    "none": "-",
}
_FIELDS = {
    "requestId": "$context.requestId",
    "extendedRequestId": "$context.extendedRequestId",  # the caller may choose the other one
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "apiKeyId": "$context.identity.apiKeyId",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "refusedBy": "$context.error.responseType",
    "waf": "$context.waf.status",
    "authorizerStatus": "$context.authorize.status",
    "integrationStatus": "$context.integration.status",
    "integrationLatency": "$context.integration.latency",
    "latency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "tls": "$context.tlsVersion",
}


class AccessLog(Construct):
    """The log group of it, and the stage's options that fill it."""

    def __init__(
        self, scope: Construct, id: str, *, settings: Settings, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, id)
        self.log_group = log_group(self, "Logs", settings=settings, key=key)
        self.destination = apigateway.LogGroupLogDestination(self.log_group)
        fields = {**_FIELDS, "principal": _PRINCIPALS[settings.authorizer]}
        self.format = apigateway.AccessLogFormat.custom(json.dumps(fields))
