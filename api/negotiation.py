"""In which of its forms a client wants an answer (RFC 9110, sections 12.4.2 and 12.5.1).

Invariant: what a client says it does not accept is never sent to it, and nothing is done before
this is known.
"""

from api.http import (
    CLOUD_EVENT,
    CLOUD_EVENTS,
    JSON,
    NDJSON,
    Headers,
    Request,
    header_values,
)
from api.problems import ProblemError

EVENT_FORMS = (JSON, CLOUD_EVENT)
RESULT_FORMS = (JSON, NDJSON)
LISTING_FORMS = (JSON, NDJSON, CLOUD_EVENTS)
FOUND_FORMS = (JSON, NDJSON)
TYPES_FORMS = (JSON,)
"""The media types of one event, a batch's results, a listing, what a search finds, and types."""


def chosen(request: Request, headers: Headers, forms: tuple[str, ...]) -> str:
    """The form that the client likes best; of several, the first.

    Raises:
        ProblemError: it accepts none of them.
    """
    if headers.get("accept", "*/*") in ("*/*", forms[0]):  # nearly every request
        return forms[0]
    accepted = ",".join(header_values(request)["accept"]).split(",")
    ranges = dict(map(weighed, accepted))
    best = max(forms, key=lambda form: _liked(form, ranges))
    if not _liked(best, ranges):
        detail = f"this is given as {', '.join(forms)}; the header Accept names none of them"
        raise ProblemError("not-acceptable", detail, supported=list(forms))
    return best


def weighed(accepted: str) -> tuple[str, float]:
    """A media range, or a content coding, and its weight; other parameters count for nothing.

    A weight that is no number is none: 0.
    """
    media, *parameters = (part.strip() for part in accepted.lower().split(";"))
    weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
    return media, _weight(weights[0]) if weights else 1


def _weight(text: str) -> float:
    is_number = text.isascii() and text.replace(".", "", 1).isdigit()
    return min(float(text), 1) if is_number else 0


def _liked(form: str, ranges: dict[str, float]) -> float:
    """The weight of the most specific range that the form is in."""
    within = (form, f"{form.partition('/')[0]}/*", "*/*")
    return next((ranges[media] for media in within if media in ranges), 0)
