"""A page of events as an answer.

Invariant: the events' texts are put into the answer as they are; nothing parses them here.
"""

import json

from api.http import Request, Response, json_response, next_link
from projections.page import Page

MAX_PAGE_BYTES = 5_900_000
"""What events may take of Lambda's 6 MB answer (6,291,556 bytes), whose body is a JSON string."""


def page_response(request: Request, page: Page, cursor: str | None) -> Response:
    """The answer with a page's events, and with the cursor of the next page if there is one."""
    body = f'{{"events":[{",".join(page.events)}],"next_cursor":{json.dumps(cursor)}}}'
    return json_response(200, body, **next_link(request, cursor))
