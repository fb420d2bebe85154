"""Reads the REST API out of the template: paths from parents, methods to functions."""

import re
from collections.abc import Mapping
from typing import Any

from infra.local.edge_template import read_edge
from infra.local.intrinsics import TemplateError, refuse_unknown
from infra.local.resources import Api, GatewayResponse, Route, TokenAuthorizer

_FUNCTION_NAME = re.compile(r":function:([^/:]+)(?::[^/:]+)?/invocations$")
_METHOD = {"AuthorizationType", "HttpMethod", "Integration", "ResourceId", "RestApiId"}
_METHOD |= {"MethodResponses", "OperationName"}
_METHOD |= {"ApiKeyRequired", "AuthorizerId"}
_AUTHORIZATIONS = {"NONE", "AWS_IAM", "CUSTOM"}
_AUTHORIZER = {"AuthorizerResultTtlInSeconds", "AuthorizerUri", "IdentitySource", "Name"}
_AUTHORIZER |= {"IdentityValidationExpression", "RestApiId", "Type"}
_HEADER = "method.request.header."
_INTEGRATION = {"IntegrationHttpMethod", "Type", "Uri"}


def read_api(resources: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Api:
    """The one REST API among resolved resources, given as type and properties by logical id.

    Raises: TemplateError when it is not one API with one stage and Lambda proxy integrations.
    """

    def of_type(kind: str) -> dict[str, Mapping[str, Any]]:
        wanted = f"AWS::ApiGateway::{kind}"
        return {id: properties for id, (type, properties) in resources.items() if type == wanted}

    apis, stages = of_type("RestApi"), of_type("Stage")
    if len(apis) != 1 or len(stages) != 1:
        raise TemplateError(f"the template has {len(apis)} REST APIs with {len(stages)} stages")
    [(id, api)] = apis.items()
    [stage] = stages.values()
    if "Policy" in api:
        raise TemplateError(f"{id} has a resource policy, which is not evaluated here")
    parts, responses = of_type("Resource"), of_type("GatewayResponse")
    return Api(
        id=id,
        stage=stage["StageName"],
        routes=tuple(_route(name, one, parts) for name, one in of_type("Method").items()),
        binary_media_types=tuple(api.get("BinaryMediaTypes", ())),
        minimum_compression=api.get("MinimumCompressionSize"),
        responses={one["ResponseType"]: _gateway_response(one) for one in responses.values()},
        authorizers={id: _authorizer(id, one) for id, one in of_type("Authorizer").items()},
        edge=read_edge(of_type),
    )


def _route(name: str, method: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> Route:
    integration = method["Integration"]
    function = _FUNCTION_NAME.search(integration.get("Uri", ""))
    if integration["Type"] != "AWS_PROXY" or not function:
        raise TemplateError(f"{name} is no Lambda proxy integration")
    authorization = method.get("AuthorizationType", "NONE")
    if authorization not in _AUTHORIZATIONS:
        raise TemplateError(f"{name} has the authorization {authorization}, which is not run here")
    refuse_unknown(name, method, _METHOD)
    refuse_unknown(name, integration, _INTEGRATION)
    resource_id = method["ResourceId"]
    return Route(
        method=method["HttpMethod"],
        path=_path(resource_id, parts),
        resource_id=resource_id,
        function=function[1],
        authorization=authorization,
        authorizer=method.get("AuthorizerId"),
        key_required=method.get("ApiKeyRequired", False),
    )


def _authorizer(id: str, given: Mapping[str, Any]) -> TokenAuthorizer:
    source = given.get("IdentitySource", "")
    function = _FUNCTION_NAME.search(given.get("AuthorizerUri", ""))
    if given["Type"] != "TOKEN" or not source.startswith(_HEADER) or not function:
        raise TemplateError(f"{id} is no Lambda authorizer of a token in a header")
    refuse_unknown(id, given, _AUTHORIZER)
    return TokenAuthorizer(
        id=id,
        function=function[1],
        header=source.removeprefix(_HEADER).lower(),
        expression=given.get("IdentityValidationExpression", ""),
        ttl=int(given.get("AuthorizerResultTtlInSeconds", 300)),
    )


def _path(resource_id: str, parts: Mapping[str, Mapping[str, Any]]) -> str:
    segments: list[str] = []
    while resource_id in parts:  # else it is the root
        segments.insert(0, parts[resource_id]["PathPart"])
        resource_id = parts[resource_id]["ParentId"]
    return "/" + "/".join(segments)


def _gateway_response(given: Mapping[str, Any]) -> GatewayResponse:
    prefix = "gatewayresponse.header."
    headers = given.get("ResponseParameters", {})
    if not all(key.startswith(prefix) and value[:1] == "'" for key, value in headers.items()):
        raise TemplateError(f"the gateway response {given['ResponseType']} maps parameters")
    status = given.get("StatusCode")
    return GatewayResponse(
        status=int(status) if status else None,
        templates=given.get("ResponseTemplates", {}),
        headers={key.removeprefix(prefix): value[1:-1] for key, value in headers.items()},
    )
