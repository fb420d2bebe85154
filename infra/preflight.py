"""Preflight requests of browsers (CORS), where a stage names origins.

Invariant: they bear no credentials, so nothing is asked of them; what they reach answers nothing
but which origin may send what.
"""

from collections.abc import Iterable
from typing import cast

from aws_cdk import aws_apigateway as apigateway


def answer_preflight(
    resources: Iterable[apigateway.IResource], integration: apigateway.Integration
) -> None:
    """Let `OPTIONS` of the resources reach a function, without authorization and key."""
    for resource in resources:
        add_open_method(resource, "OPTIONS", integration)


def add_open_method(
    resource: apigateway.IResource, method: str, integration: apigateway.Integration
) -> None:
    """A method that asks nobody who they are, whatever the others of the API ask."""
    added = resource.add_method(method, integration, api_key_required=False)
    open_method = cast("apigateway.CfnMethod", added.node.default_child)
    open_method.authorization_type = "NONE"
    open_method.authorizer_id = None


def shared_headers(named: str | None) -> dict[str, str]:
    """The headers that API Gateway's own answers can have: they know one value and no condition."""
    if named is None:
        return {}
    return {"Access-Control-Allow-Origin": f"'{named}'", "Vary": "'Origin'"}
