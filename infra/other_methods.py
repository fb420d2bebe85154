"""Methods that no route has: a function answers 405 or, to OPTIONS, which there are.

Invariant: they ask for the same authorization and key as the path's other methods, and no policy
that the stack offers allows them: whoever is not known, or may not, is told nothing.
"""

from collections.abc import Iterable, Mapping

from aws_cdk import aws_apigateway as apigateway

from api.routes import Route
from infra.authorization import scoped
from infra.settings import Settings

OTHERS = "ANY"
"""What API Gateway calls the methods of a path that it has not by name."""


def answer_other_methods(
    api: apigateway.RestApi,
    routes: Iterable[Route],
    behind: Mapping[str, apigateway.Integration],
    settings: Settings,
) -> None:
    """Let the function behind a path's GET answer every method that has no route there."""
    for route in routes:
        if route.method == "GET":
            resource = api.root.resource_for_path(route.path)
            resource.add_method(OTHERS, behind[route.scope], **scoped(route.scope, settings))
