"""What each role may ask of OpenSearch: methods and paths of a domain, permissions of a collection.

Invariant: nobody but operators, and the function that deletes a collection's old months, may delete
an index; no function may put a document by its path. Who may make an index may give it an alias.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-genref.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from projections.search_names import ALIAS

MAX_GENERATION = 999
"""Rebuilds that the projector's paths know: a wildcard that could stand for more could stand for a
slash, and so for the path of a document."""

Request = tuple[str, str]
"""A method, and the path that it may be sent to; `*` stands for any text, `?` for one character."""


@dataclass(frozen=True)
class Ability:
    """Requests to a domain; permissions on a collection's items, and on its indices."""

    requests: tuple[Request, ...]
    items: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    dashboards: bool = False


def _months(after: str = "") -> Iterator[str]:
    """The indices of every month, by the length of their generation."""
    for digits in range(1, len(str(MAX_GENERATION)) + 1):
        yield f"/{ALIAS}-{'?' * digits}-????.??{after}"


_TEMPLATES = f"/_index_template/{ALIAS}-*"
_SECURITY = "/_plugins/_security/api"
_LIFECYCLE = f"/_plugins/_ism/policies/{ALIAS}"

PROJECTS = Ability(
    requests=(
        *(("Post", path) for path in _months("/_bulk")),
        ("Get", f"/_alias/{ALIAS}*"),  # of two names at once, with a comma or what stands for it
        ("Get", _TEMPLATES),
        *(("Get", path) for path in _months("/_mapping")),
        *(("Put", path) for path in _months()),
        *(("Put", path) for path in _months("/_mapping")),
    ),
    items=("DescribeCollectionItems",),
    indices=("CreateIndex", "DescribeIndex", "UpdateIndex", "WriteDocument"),
)

SEARCHES = Ability(
    requests=(("Post", f"/{ALIAS}/_search"),),
    items=("DescribeCollectionItems",),
    indices=("DescribeIndex", "ReadDocument"),
)

SETS_UP = Ability(
    requests=(
        ("Get", f"/_alias/{ALIAS}"),
        *((method, _TEMPLATES) for method in ("Get", "Put")),
        *(("Put", f"{_SECURITY}/{kind}/{ALIAS}-*") for kind in ("roles", "rolesmapping")),
        ("Put", f"{_SECURITY}/audit/config"),
        *((method, _LIFECYCLE) for method in ("Get", "Put")),
        ("Post", f"/_plugins/_ism/add/{ALIAS}-*"),
        ("Post", f"/_plugins/_ism/change_policy/{ALIAS}-*"),
    ),
    items=("CreateCollectionItems", "DescribeCollectionItems", "UpdateCollectionItems"),
    indices=("DescribeIndex",),
)

RETAINS = Ability(
    requests=(),
    items=("DescribeCollectionItems",),
    indices=("DeleteIndex", "DescribeIndex"),
)

_ANY_METHOD = ("Delete", "Get", "Head", "Post", "Put")

OPERATES = Ability(
    requests=(
        *((method, f"/{ALIAS}*") for method in _ANY_METHOD),
        *((method, _TEMPLATES) for method in ("Delete", "Get", "Put")),
        *(("Post", path) for path in ("/_aliases", "/_bulk", "/_mget", "/_search*")),
        *(("Get", path) for path in ("/_alias*", "/_cat/*", "/_cluster/health*")),
        ("Get", "/_plugins/_ism/*"),
        *((method, "/_dashboards*") for method in _ANY_METHOD),
    ),
    items=(
        *("CreateCollectionItems", "DeleteCollectionItems"),
        *("DescribeCollectionItems", "UpdateCollectionItems"),
    ),
    indices=(
        *("CreateIndex", "DeleteIndex", "DescribeIndex"),
        *("ReadDocument", "UpdateIndex", "WriteDocument"),
    ),
    dashboards=True,
)

ANALYSES = Ability(
    requests=(
        *((method, "/_dashboards*") for method in _ANY_METHOD),
        *((method, f"/{ALIAS}/_search") for method in ("Get", "Post")),
        *((method, f"/{ALIAS}/_count") for method in ("Get", "Post")),
        ("Get", f"/{ALIAS}/_mapping"),
    ),
    items=("DescribeCollectionItems",),
    indices=("DescribeIndex", "ReadDocument"),
    dashboards=True,
)
