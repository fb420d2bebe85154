"""What the explorer page is told of its stage, on AWS as on one machine: `stage.json`."""

import json

from infra.settings import Settings

BESIDE_THE_PAGE = "./"
"""The API's address where it is the page's own; the page resolves it."""


def stage_json(settings: Settings, *, api: str) -> str:
    """Where the API is, with a slash at the end, and what its callers need and find there."""
    return json.dumps(
        {
            "api": api,
            "stage": settings.stage,
            "authorizer": settings.authorizer,
            "api_key": settings.edge.producers is not None,
            "search": settings.search is not None,
            # Pages that ask for authorization are none that a link leads to.
            "docs": settings.api_docs == "open",
        }
    )
