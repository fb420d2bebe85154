"""How long a domain keeps a month searchable: a policy of Index State Management.

Invariant: a month goes as a whole, never a document, and not before `months` have passed since its
end. An index knows when it was made and not which month it holds: most go a month later, and one
that a rebuild has made counts anew.
https://docs.opensearch.org/latest/im-plugin/ism/policies/
"""

from typing import Any

from projections.search_names import ALIAS

POLICY = ALIAS
"""The policy's name."""

_LONGEST_MONTH_DAYS = 31
_PRIORITY = 100


def policy_body(months: int | None) -> dict[str, Any]:
    """The body of `PUT /_plugins/_ism/policies/…`; None keeps every month.

    An index may be two months older than its month's end: a rebuild makes the next month's, too.
    """
    kept: dict[str, Any] = {"name": "kept", "actions": [], "transitions": []}
    states = [kept]
    if months is not None:
        days = _LONGEST_MONTH_DAYS * (months + 2)
        kept["transitions"] = [
            {"state_name": "deleted", "conditions": {"min_index_age": f"{days}d"}}
        ]
        states.append({"name": "deleted", "actions": [{"delete": {}}], "transitions": []})
    return {
        "policy": {
            "description": f"Months of the search projection: {months or 'all'} are kept.",
            "default_state": "kept",
            "states": states,
            "ism_template": [{"index_patterns": [f"{ALIAS}-*"], "priority": _PRIORITY}],
        }
    }
