"""Sets OpenSearch up for the projection: what must be there before the first document.

Invariant: doing it again changes nothing, and no document or index is ever touched.
"""

from projections.opensearch import OpenSearch
from projections.search_names import ALIAS, FIRST_GENERATION, template_name
from projections.search_requests import ask_json
from projections.search_template import MAX_FIELDS_PER_INDEX, template_body
from projections.search_templates import generations_of_alias, generations_searched


def set_up(
    opensearch: OpenSearch, *, max_fields: int = MAX_FIELDS_PER_INDEX, serverless: bool = False
) -> list[int]:
    """Install the index template of every generation that is searched in; gives those back.

    Where there is none yet, that is the first. Indices keep the mapping that they were made with.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    templates = generations_of_alias(opensearch, ALIAS)
    searched = generations_searched(opensearch)  # whose template may have been lost
    generations = sorted({*templates, *searched}) or [FIRST_GENERATION]
    for generation in generations:
        put_template(
            opensearch, generation, alias=ALIAS, max_fields=max_fields, serverless=serverless
        )
    return generations


def put_template(
    opensearch: OpenSearch,
    generation: int,
    *,
    alias: str,
    max_fields: int = MAX_FIELDS_PER_INDEX,
    serverless: bool = False,
) -> None:
    """Install the template of a generation whose indices are to carry `alias`.

    Raises:
        OpenSearchUnavailableError: try again.
        OpenSearchRefusedError: a missing permission, most often.
    """
    body = template_body(generation, alias=alias, max_fields=max_fields, serverless=serverless)
    ask_json(opensearch, "PUT", f"/_index_template/{template_name(generation)}", body)
