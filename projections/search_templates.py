"""Which generations there are templates for, and whose alias they carry.

Invariant: a template is read, never changed; `search_setup` alone writes them.
"""

from typing import Any

from projections.opensearch import OpenSearch
from projections.search_names import ALIAS, template_name
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


def has_template(opensearch: OpenSearch, generation: int) -> bool:
    """Whether there is a template for a generation's indices.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    path = f"/_index_template/{template_name(generation)}"
    return ask_json(opensearch, "GET", path, understood=(OK, NOT_FOUND)).status == OK
