"""Brings new fields of payloads into the mappings of the indices, up to a bound.

Invariant: a field has the type of its namespace in every index, so that no two events can disagree
about it; an index that is full stays as it is.
"""

from collections.abc import Iterable

from projections.opensearch import OpenSearch, OpenSearchUnavailableError
from projections.search_fields import Field, by_precedence
from projections.search_names import generation_of
from projections.search_requests import (
    NOT_FOUND,
    OK,
    OpenSearchRefusedError,
    ask_json,
    create_index,
)
from projections.search_template import MAX_FIELDS_PER_INDEX, known_fields, new_properties
from projections.search_templates import has_template

_BAD_REQUEST = 400
_TRIES = 3


class NotSetUpError(OpenSearchUnavailableError):
    """A generation has no index template, so its indices would have no mapping."""

    def __init__(self, generation: int) -> None:
        super().__init__(f"search is not set up: generation {generation} has no index template")


class Mappings:
    """The fields that each index has; what another projector adds is seen when it matters."""

    def __init__(self, *, max_fields: int = MAX_FIELDS_PER_INDEX) -> None:
        self._max_fields = max_fields
        self._known: dict[str, set[Field]] = {}

    def forget_all_but(self, indices: frozenset[str]) -> None:
        """Forget indices that are no more; one made under an old name would have other fields."""
        for index in self._known.keys() - indices:
            self._known.pop(index, None)

    def with_fields(
        self, opensearch: OpenSearch, index: str, fields: Iterable[Field]
    ) -> set[Field]:
        """The fields that an index has, after those of `fields` that it can take were added.

        An index that does not exist is made. Of too many fields those with the shallowest paths
        are taken, then by name. An index that refuses them all is taken for a full one.

        Raises:
            NotSetUpError: there is no index template for the index.
            OpenSearchUnavailableError: try again.
            OpenSearchRefusedError: a missing permission, most often.
        """
        wanted = set(fields)
        for _ in range(_TRIES):
            known = self._fields_of(opensearch, index)
            room = max(0, self._max_fields - len(known))
            new = sorted(wanted - known, key=by_precedence)[:room]
            if not new or _add(opensearch, index, new):
                known.update(new)
                return known
            self._known.pop(index, None)  # another projector was faster: see what it left
        return self._fields_of(opensearch, index)

    def _fields_of(self, opensearch: OpenSearch, index: str) -> set[Field]:
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = _read(opensearch, index)
        return known


def _read(opensearch: OpenSearch, index: str) -> set[Field]:
    for _ in range(_TRIES):
        path = f"/{index}/_mapping"
        answer = ask_json(opensearch, "GET", path, understood=(OK, NOT_FOUND))
        if answer.status == OK:
            return known_fields(answer.json()[index]["mappings"])
        _create(opensearch, index)
    raise OpenSearchUnavailableError(f"{index} is made and gone again")


def _create(opensearch: OpenSearch, index: str) -> None:
    generation = generation_of(index)
    if not has_template(opensearch, generation):
        raise NotSetUpError(generation)
    create_index(opensearch, index)


def _add(opensearch: OpenSearch, index: str, new: list[Field]) -> bool:
    """Add fields; False if that would be too many."""
    try:
        ask_json(opensearch, "PUT", f"/{index}/_mapping", new_properties(new))
    except OpenSearchRefusedError as error:
        if error.status not in (_BAD_REQUEST, NOT_FOUND):
            raise
        return False
    return True
