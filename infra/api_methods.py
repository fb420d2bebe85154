"""The API's methods: routes to functions, and API Gateway's own errors.

Invariant: every answer that no function makes is an RFC 9457 problem document too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_

from api.routes import PAGES, ROUTES, Route
from api.scopes import READ, SEARCH, WRITE
from infra.authorization import scoped
from infra.browsers import Browsers
from infra.gateway_problems import answer_problems
from infra.other_methods import OTHERS, answer_other_methods
from infra.preflight import add_open_method, answer_preflight
from infra.settings import Settings


@dataclass(frozen=True)
class ApiMethods:
    """Methods, by what their callers need the permission for."""

    writing: Sequence[apigateway.Method]
    reading: Sequence[apigateway.Method]
    searching: Sequence[apigateway.Method]


def route_methods(
    api: apigateway.RestApi,
    *,
    behind: Mapping[str, lambda_.IFunction],
    docs: lambda_.IFunction | None,
    browsers: Browsers,
    settings: Settings,
) -> ApiMethods:
    """Lead each route to the function behind its scope, and the pages to `docs`, if any."""
    to = {scope: _integration(function) for scope, function in behind.items()}
    methods = [(route, _method(api, route, to[route.scope], settings)) for route in ROUTES]
    writing, reading, searching = (
        [method for route, method in methods if route.scope == scope]
        for scope in (WRITE, READ, SEARCH)
    )
    if docs:
        reading += _pages(api, docs, settings)
    answer_other_methods(api, ROUTES, to, settings)
    if browsers.origins:
        paths = dict.fromkeys(route.path for route in ROUTES)
        answer_preflight(map(api.root.resource_for_path, paths), to[READ])
    answer_problems(api, settings, named=browsers.named)
    return ApiMethods(writing, reading, searching)


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

    The stage's throttle for them is in `http_api.py`.
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
