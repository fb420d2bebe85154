"""What each kind of problem means, and what a caller does about it.

Invariant: every kind that the API answers is here, and none besides; docs/reference.md, the page of
a problem and the document's examples say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from api.events_json import MAX_BATCH
from api.other_requests import SUPPORTED
from api.problems import ProblemError, problem_of
from domain.errors import (
    EventConflictError,
    EventTooLargeError,
    InvalidEventError,
    InvalidJsonError,
    LogUnavailableError,
    UnreadableItemError,
    Violation,
)
from domain.item import MAX_ITEM_BYTES
from infra.openapi.examples import SMALLEST, recorded

_AGAIN = "Send the same request again, after the seconds that `Retry-After` names: it is safe."


@dataclass(frozen=True, slots=True)
class Explained:
    """When a problem is answered, what to do then, and one as it is answered."""

    when: str
    remedy: str
    example: ProblemError


EXPLAINED: Mapping[str, Explained] = {
    "bad-request": Explained(
        "a parameter breaks its rule",
        "Read `detail` and `errors`: they name the parameter, its rule and what was sent instead.",
        ProblemError(
            "bad-request",
            "limit: must be a whole number from 1 to 1000; '0' was sent",
            errors=[
                {
                    "field": "limit",
                    "message": "must be a whole number from 1 to 1000; '0' was sent",
                }
            ],
        ),
    ),
    "invalid-json": Explained(
        "the body is not JSON that can be kept exactly",
        "Mend the body where `line` and `column` point. A key that stands twice in one object, NaN"
        " and a lone surrogate are refused too, since they would not come back as they were sent.",
        problem_of(InvalidJsonError("not JSON: Expecting value", line=1, column=45)),
    ),
    "invalid-event": Explained(
        "a field breaks its rule; `errors` names each",
        "Mend the fields that `errors` names; the API's document has the rule of every field.",
        problem_of(InvalidEventError(Violation("type", "is required"))),
    ),
    "invalid-cursor": Explained(
        "a cursor was changed or belongs to another query",
        "Use `next_cursor` unchanged, with the query whose answer it came from, or begin again"
        " without a cursor.",
        ProblemError(
            "invalid-cursor",
            "use a next_cursor unchanged, with the query whose answer it came from",
        ),
    ),
    "not-found": Explained(
        "no event has the id",
        "Check the id, and that it is percent-encoded once in the path. An event is found by its"
        " id as soon as its POST was answered.",
        ProblemError("not-found", "no event has the id '2'"),
    ),
    "no-such-page": Explained(
        "the API has no page of that name",
        "Begin at `/docs`, which leads to every page there is.",
        ProblemError("no-such-page", "there is no page '/problems/none'"),
    ),
    "search-not-configured": Explained(
        "the stage has no search",
        "List by type instead, or have the stage's operator turn search on.",
        ProblemError("search-not-configured", "this stage has no search; list by type instead"),
    ),
    "method-not-allowed": Explained(
        "the path has no such method; `allowed` has those that it has",
        "Use one of the methods in the header `Allow`; an event, once appended, is never changed.",
        ProblemError(
            "method-not-allowed",
            "DELETE is no method of this path, which has GET, HEAD, OPTIONS",
            allowed=["GET", "HEAD", "OPTIONS"],
        ),
    ),
    "not-acceptable": Explained(
        "`Accept` names none of the forms in `supported`",
        "Leave the header `Accept` out, or name one of the forms in it.",
        ProblemError(
            "not-acceptable",
            "this is given as application/json; the header Accept names none of them",
            supported=["application/json"],
        ),
    ),
    "conflict": Explained(
        "another event has the id; `stored` has its hash",
        "An event is never changed. If this one is another, give it an id of its own; if it is a"
        " correction, append an event that says so.",
        problem_of(EventConflictError(recorded(SMALLEST))),
    ),
    "too-large": Explained(
        "the event does not fit the store; `size` and `limit` are in bytes",
        "Keep what is large elsewhere, such as in S3, and put its address into the payload.",
        problem_of(EventTooLargeError(size=500_000, limit=MAX_ITEM_BYTES)),
    ),
    "unsupported-media-type": Explained(
        "the body is declared as none of the forms in `supported`, or not in UTF-8",
        "Send the header `Content-Type: application/json`, or that of another form.",
        ProblemError(
            "unsupported-media-type",
            f"send one of {', '.join(SUPPORTED)} in UTF-8, not text/plain",
            supported=list(SUPPORTED),
        ),
    ),
    "unreadable": Explained(
        "the item under the id is no event: somebody wrote it around the API",
        "Tell the operator: no request can mend it.",
        problem_of(UnreadableItemError("it has no attribute type")),
    ),
    "unavailable": Explained(
        "the store faltered; the same request again is safe",
        _AGAIN,
        problem_of(LogUnavailableError("ProvisionedThroughputExceededException")),
    ),
    "search-unavailable": Explained(
        "OpenSearch faltered or took too long; the same request again is safe",
        _AGAIN,
        ProblemError(
            "search-unavailable", "it gives no whole page; the same request again is safe"
        ),
    ),
}
"""By kind, in the order of `api.problems.TITLES`."""

TOO_MANY = ProblemError(
    "bad-request",
    f"a batch has 1 to {MAX_BATCH} events; 501 were sent",
    limit=MAX_BATCH,
    sent=MAX_BATCH + 1,
)
