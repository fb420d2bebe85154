"""Finds the route of a path as API Gateway does: plain segments first, then parameters."""

from collections.abc import Sequence

from infra.local.resources import Route


def find_route(
    routes: Sequence[Route], method: str, path: str
) -> tuple[Route, dict[str, str]] | None:
    """The route and its path parameters, as sent; None where API Gateway knows no such method."""
    matches = [
        (route, parameters)
        for route in routes
        if route.method in {method, "ANY"} and (parameters := _match(route.path, path)) is not None
    ]
    return min(matches, key=lambda match: _precedence(match[0]), default=None)


def _match(template: str, path: str) -> dict[str, str] | None:
    wanted, given = template.split("/"), path.split("/")
    parameters: dict[str, str] = {}
    for index, part in enumerate(wanted):
        if part.endswith("+}"):
            rest = "/".join(given[index:])
            return {**parameters, part[1:-2]: rest} if rest else None
        if index >= len(given):
            return None
        if part.startswith("{") and given[index]:
            parameters[part[1:-1]] = given[index]
        elif part != given[index]:
            return None
    return parameters if len(wanted) == len(given) else None


def _precedence(route: Route) -> tuple[list[tuple[bool, bool]], bool]:
    segments = [(part.endswith("+}"), part.startswith("{")) for part in route.path.split("/")]
    return segments, route.method == "ANY"
