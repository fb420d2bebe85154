"""A page of events as an answer.

Invariant: the events' texts are put into the answer as they are; nothing parses them here.
"""

import json

from api.http import JSON, NDJSON, Request, Response, json_response, page_links

MAX_PAGE_BYTES = 5_900_000
"""What events may take of Lambda's 6 MB answer (6,291,556 bytes), whose body is a JSON string."""


def page_response(
    request: Request,
    events: list[str],
    cursor: str | None,
    previous: str | None = None,
    *,
    form: str = JSON,
) -> Response:
    """The answer with a page's events, and with the cursor of the next page if there is one.

    In forms that have no place for a cursor, the header `Link` alone leads on.
    """
    if form == NDJSON:
        body = "".join(f"{event}\n" for event in events)
    elif form == JSON:
        body = f'{{"events":[{",".join(events)}],"next_cursor":{json.dumps(cursor)}}}'
    else:
        body = f"[{','.join(events)}]"
    return json_response(200, body, Content_Type=form, **page_links(request, cursor, previous))
