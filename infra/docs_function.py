"""The function that gives the API's document and pages, where a stage has them.

Invariant: it calls nothing of AWS, so nothing is granted to it but the lines of its own log.
"""

from aws_cdk import aws_lambda as lambda_

from infra.settings import Settings
from infra.token_check import MakeFunction

DOCS = "api.docs_handler.handler"


def docs_function(*, settings: Settings, function: MakeFunction) -> lambda_.IFunction | None:
    """What stands behind the routes of the pages; None where the stage has none."""
    if settings.api_docs == "off":
        return None
    return function("Docs", handler=DOCS, environment={}, sizing=settings.docs).target
