"""Sets a domain's roles, audit and retention up, with the rights of its master.

Invariant: doing it again changes nothing; what others have set up in the domain stays.
"""

from collections.abc import Mapping
from typing import Any

from projections.opensearch import OpenSearch
from projections.search_lifecycle import POLICY, policy_body
from projections.search_names import ALIAS
from projections.search_requests import NOT_FOUND, OK, ask_json
from projections.search_security import AUDIT, ROLES, mapping_of

_SECURITY = "/_plugins/_security/api"
_LIFECYCLE = "/_plugins/_ism"
_DONE = (OK, 201)


def set_up_roles(opensearch: OpenSearch, roles: Mapping[str, str]) -> None:
    """Install the roles, each for the role of IAM whose ARN is given under its name.

    Raises:
        OpenSearchUnavailableError, OpenSearchRefusedError: it is not done.
    """
    for name, arn in roles.items():
        _put(opensearch, f"{_SECURITY}/roles/{name}", ROLES[name])
        _put(opensearch, f"{_SECURITY}/rolesmapping/{name}", mapping_of(arn))
    _put(opensearch, f"{_SECURITY}/audit/config", AUDIT)


def set_up_retention(opensearch: OpenSearch, *, months: int | None) -> None:
    """Install the policy for the months that will be, and for those that are there.

    Raises:
        OpenSearchUnavailableError, OpenSearchRefusedError: it is not done.
    """
    place = f"{_LIFECYCLE}/policies/{POLICY}"
    there = ask_json(opensearch, "GET", place, understood=(OK, NOT_FOUND))
    query = f"?{_unchanged_since(there.json())}" if there.status == OK else ""
    _put(opensearch, f"{place}{query}", policy_body(months))
    # Whichever of the two an index does not need, it is left out of in the answer.
    ask_json(opensearch, "POST", f"{_LIFECYCLE}/add/{ALIAS}-*", {"policy_id": POLICY})
    ask_json(opensearch, "POST", f"{_LIFECYCLE}/change_policy/{ALIAS}-*", {"policy_id": POLICY})


def _put(opensearch: OpenSearch, path: str, body: object) -> None:
    ask_json(opensearch, "PUT", path, body, understood=_DONE)


def _unchanged_since(there: Mapping[str, Any]) -> str:
    """https://docs.opensearch.org/latest/im-plugin/ism/api/#update-policy"""
    return f"if_seq_no={there['_seq_no']}&if_primary_term={there['_primary_term']}"
