"""The methods of a GET route that are no GET: what they are answered (RFC 9110, section 9).

HEAD is a GET whose answer ends behind its headers; that the gateway sees to.
"""

from api.http import Request, Response
from api.problems import ProblemError
from api.routes import PAGES, ROUTES

NO_CONTENT = 204


def allowed_on(resource: str) -> list[str]:
    """The methods of a path, as API Gateway writes it."""
    routes = (*ROUTES, *PAGES)
    return [*(route.method for route in routes if route.path == resource), "OPTIONS"]


def answer_otherwise(request: Request) -> Response:
    """OPTIONS: which methods there are.

    Raises:
        ProblemError: any other method than that and those of the path.
    """
    method, allowed = request["httpMethod"], allowed_on(request["resource"])
    if method == "OPTIONS":
        return {"statusCode": NO_CONTENT, "headers": {"Allow": ", ".join(allowed)}, "body": ""}
    detail = f"{method} is no method of this path, which has {', '.join(allowed)}"
    raise ProblemError("method-not-allowed", detail, allowed=allowed)
