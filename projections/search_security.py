"""Who may do what in a domain: roles of OpenSearch Security, each mapped to one role of IAM.

Invariant: no role here may delete or update a document, and only the operator's may delete an
index. That a document is not written over, no permission can say: `create` and `index` are one.
https://docs.opensearch.org/latest/security/access-control/permissions/
"""

from collections.abc import Mapping
from typing import Any

from projections.search_names import ALIAS

Json = dict[str, Any]

PROJECTOR = f"{ALIAS}-projector"
SEARCHER = f"{ALIAS}-searcher"
OPERATOR = f"{ALIAS}-operator"
ANALYST = f"{ALIAS}-analyst"

_INDICES = [f"{ALIAS}*"]
_SAVED_OBJECTS = [".kibana*", ".opensearch_dashboards*"]
_POINTS_IN_TIME = "indices:data/read/point_in_time"
_READ_MANY = ["cluster_composite_ops_ro"]
_IN_DASHBOARDS = ["delete", "index", "manage", "read"]
"""What Dashboards does for whoever is signed in; the tenant decides what of it is saved."""


def _on(patterns: list[str], *actions: str) -> Json:
    return {"index_patterns": patterns, "allowed_actions": list(actions)}


def _in_tenant(right: str) -> list[Json]:
    return [{"tenant_patterns": ["global_tenant"], "allowed_actions": [right]}]


ROLES: Mapping[str, Json] = {
    PROJECTOR: {
        "description": "Creates the months' indices and their fields, and puts documents.",
        "cluster_permissions": [
            "indices:admin/index_template/get",
            "indices:data/write/bulk",
        ],
        "index_permissions": [
            _on(
                _INDICES,
                "indices:admin/aliases",
                "indices:admin/aliases/get",
                "indices:admin/create",
                "indices:admin/mapping/put",
                "indices:admin/mappings/get",
                "indices:data/write/bulk*",
                "indices:data/write/index",
            )
        ],
    },
    SEARCHER: {
        "description": "Searches, page by page.",
        "cluster_permissions": _READ_MANY,
        "index_permissions": [_on(_INDICES, "indices:data/read/search*")],
    },
    OPERATOR: {
        "description": "Rebuilds, verifies and mends the projection; keeps the Dashboards content.",
        "cluster_permissions": [
            "cluster_composite_ops",
            "cluster_monitor",
            "cluster:admin/opendistro/ism/managedindex/explain",
            "indices:admin/index_template/*",
        ],
        "index_permissions": [
            _on(_INDICES, "indices_all"),
            _on(_SAVED_OBJECTS, *_IN_DASHBOARDS),
        ],
        "tenant_permissions": _in_tenant("kibana_all_write"),
    },
    ANALYST: {
        "description": "Reads every event, and opens what operators have saved in Dashboards.",
        "cluster_permissions": [*_READ_MANY, f"{_POINTS_IN_TIME}/delete"],
        "index_permissions": [
            _on(_INDICES, "read", "indices_monitor", "indices:admin/mappings/get"),
            _on(_INDICES, "indices:admin/aliases/get", f"{_POINTS_IN_TIME}/create"),
            _on(_SAVED_OBJECTS, *_IN_DASHBOARDS),
        ],
        "tenant_permissions": _in_tenant("kibana_all_read"),
    },
}
"""The body of `PUT /_plugins/_security/api/roles/NAME`, by name."""


def mapping_of(role_arn: str) -> Json:
    """The body of `PUT /_plugins/_security/api/rolesmapping/NAME`: the sessions of a role of IAM.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html#fgac-mapping
    """
    return {"backend_roles": [role_arn], "hosts": [], "users": []}


AUDIT: Json = {
    "enabled": True,
    "audit": {
        "enable_rest": True,
        "enable_transport": False,
        "disabled_rest_categories": ["AUTHENTICATED", "GRANTED_PRIVILEGES"],
        "disabled_transport_categories": [],
        "exclude_sensitive_headers": True,
        "ignore_requests": [],
        "ignore_users": [],
        "log_request_body": False,
        "resolve_bulk_requests": False,
        "resolve_indices": True,
    },
    "compliance": {"enabled": False},
}
"""The body of `PUT /_plugins/_security/api/audit/config`: who was refused, without what was sent.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html
"""
