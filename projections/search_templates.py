"""Which generations there are templates for, and whose alias they carry.

Invariant: what is here reads, and changes nothing.
"""

from typing import Any

from projections.opensearch import OpenSearch
from projections.search_names import ALIAS, generation_of, is_index, template_name
from projections.search_requests import NOT_FOUND, OK, ask_json

_ALL = f"/_index_template/{ALIAS}-*"


def generations_of_alias(opensearch: OpenSearch, alias: str) -> list[int]:
    """The generations whose templates give their indices `alias`, in order.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    answer = ask_json(opensearch, "GET", _ALL, understood=(OK, NOT_FOUND))
    templates: list[dict[str, Any]] = answer.json().get("index_templates", [])
    return sorted(
        int(name.removeprefix(f"{ALIAS}-"))
        for template in templates
        if alias in template["index_template"]["template"].get("aliases", {})
        and (name := template["name"]).removeprefix(f"{ALIAS}-").isdecimal()
    )


def generations_searched(opensearch: OpenSearch) -> set[int]:
    """The generations of the indices that are searched in.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    answer = ask_json(opensearch, "GET", f"/_alias/{ALIAS}", understood=(OK, NOT_FOUND))
    found = answer.json() if answer.status == OK else {}
    return {generation_of(index) for index in found if is_index(index)}


def has_template(opensearch: OpenSearch, generation: int) -> bool:
    """Whether there is a template for a generation's indices.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    path = f"/_index_template/{template_name(generation)}"
    return ask_json(opensearch, "GET", path, understood=(OK, NOT_FOUND)).status == OK
