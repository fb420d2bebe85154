"""GET /search: the events that a query finds, each as GET /events/{id} gives it.

Invariant: a cursor opens for the very query that it came from alone.
"""

from dataclasses import replace

from api.both_ways import page_of
from api.cursor import Cursors
from api.handling import Account, Handler, handler_of
from api.http import Request, Response, headers_of
from api.negotiation import FOUND_FORMS, chosen
from api.page import MAX_PAGE_BYTES, page_response
from api.parameters import limit_of, parameters
from api.problems import ProblemError
from api.search_queries import MAX_LIMIT, ONCE, REPEATABLE, search_of
from domain.telemetry import Telemetry
from projections.opensearch import OpenSearch, OpenSearchUnavailableError
from projections.search_listing import SearchListing, SearchRefusedError
from projections.search_requests import OpenSearchRefusedError


class SearchNotSetUpError(Exception):
    """OpenSearch refuses what this function must be able to ask: a matter for the operator."""


def build(*, opensearch: OpenSearch, cursors: Cursors, telemetry: Telemetry) -> Handler:
    """The search function's handler over the search projection."""
    listing = SearchListing(opensearch)

    def search(request: Request, _account: Account) -> Response:
        query = parameters(request, known=ONCE, repeatable=REPEATABLE)
        form = chosen(request, headers_of(request), FOUND_FORMS)
        wanted = search_of(request, query)
        limit = limit_of(query, maximum=MAX_LIMIT)
        bound = ["search", repr(wanted)]

        def read(backwards: bool, after: str | None) -> tuple[list[str], str | None, str | None]:
            way = replace(wanted, descending=wanted.descending != backwards)
            page = listing.page(way, after=after, limit=limit, max_bytes=MAX_PAGE_BYTES)
            return page.events, page.next, page.first

        found = page_of(query.get("cursor"), read, cursors=cursors, bound=bound)
        return page_response(request, *found, form=form)

    def answer(request: Request, account: Account) -> Response:
        try:
            return search(request, account)
        except SearchRefusedError as error:
            account.keys["reason"] = error.kind
            detail = f"the query is more than search takes ({error.kind}); ask for less"
            raise ProblemError("bad-request", detail) from error
        except OpenSearchUnavailableError as error:
            account.keys["reason"] = error.reason
            detail = "it gives no whole page; the same request again is safe"
            raise ProblemError("search-unavailable", detail) from error
        except OpenSearchRefusedError as error:
            raise SearchNotSetUpError(str(error)) from error

    return handler_of(answer, telemetry=telemetry)
