"""A domain's roles, audit and retention: what is asked of OpenSearch, and what nobody is given."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from projections.opensearch import Answer, OpenSearchUnavailableError
from projections.search_access import NotAllowedError, once_allowed
from projections.search_domain_setup import set_up_retention, set_up_roles
from projections.search_lifecycle import policy_body
from projections.search_requests import OpenSearchRefusedError
from projections.search_retention import delete_old_months
from projections.search_security import ANALYST, AUDIT, OPERATOR, PROJECTOR, ROLES, SEARCHER

ARNS = {name: f"arn:aws:iam::123456789012:role/{name}" for name in ROLES}
SECURITY = "/_plugins/_security/api"
ISM = "/_plugins/_ism"


class Scripted:
    """Answers as told, else 200 with an empty object; keeps what it was asked."""

    def __init__(self, answers: Mapping[tuple[str, str], Answer] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[tuple[str, str]] = []
        self.bodies: dict[str, Any] = {}

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        self.asked.append((method, path))
        if body is not None:
            self.bodies[path] = json.loads(body)
        return self.answers.get((method, path), Answer(200, b"{}"))


def actions(role: str) -> set[str]:
    body = ROLES[role]
    on_indices = (one for rule in body["index_permissions"] for one in rule["allowed_actions"])
    return {*body["cluster_permissions"], *on_indices}


def test_each_role_is_installed_for_the_role_of_iam_that_has_it() -> None:
    opensearch = Scripted({("PUT", f"{SECURITY}/roles/{PROJECTOR}"): Answer(201, b"{}")})
    set_up_roles(opensearch, ARNS)
    assert opensearch.asked == [
        *(
            ("PUT", f"{SECURITY}/{kind}/{name}")
            for name in ARNS
            for kind in ("roles", "rolesmapping")
        ),
        ("PUT", f"{SECURITY}/audit/config"),
    ]
    for name, arn in ARNS.items():
        assert opensearch.bodies[f"{SECURITY}/roles/{name}"] == ROLES[name]
        mapping = opensearch.bodies[f"{SECURITY}/rolesmapping/{name}"]
        assert mapping == {"backend_roles": [arn], "hosts": [], "users": []}


def test_what_a_domain_refuses_is_not_passed_over() -> None:
    opensearch = Scripted({("PUT", f"{SECURITY}/roles/{SEARCHER}"): Answer(403, b"{}")})
    with pytest.raises(OpenSearchRefusedError, match="403"):
        set_up_roles(opensearch, ARNS)


@pytest.mark.parametrize("role", [PROJECTOR, SEARCHER, ANALYST])
def test_nobody_but_operators_may_change_or_delete_what_is_indexed(role: str) -> None:
    for rule in ROLES[role]["index_permissions"]:
        if rule["index_patterns"] == ["events-search*"]:
            for action in rule["allowed_actions"]:
                assert not action.startswith("indices:admin/delete")
                assert action not in {"indices_all", "crud", "write", "manage", "delete", "*"}
                assert "update" not in action
                assert "data/write/delete" not in action
    assert not [one for one in actions(role) if one in {"*", "cluster_all", "indices_all"}]


def test_searchers_and_analysts_write_no_event() -> None:
    for role in (SEARCHER, ANALYST):
        assert not [one for one in actions(role) if "data/write" in one]
    assert ROLES[ANALYST]["tenant_permissions"][0]["allowed_actions"] == ["kibana_all_read"]
    assert ROLES[OPERATOR]["tenant_permissions"][0]["allowed_actions"] == ["kibana_all_write"]


def test_the_audit_keeps_no_body() -> None:
    assert AUDIT["enabled"] is True
    assert AUDIT["audit"]["log_request_body"] is False
    assert AUDIT["audit"]["exclude_sensitive_headers"] is True


def test_a_policy_that_is_there_is_replaced_only_if_nobody_else_did() -> None:
    place = f"{ISM}/policies/events-search"
    there = Answer(200, b'{"_seq_no": 7, "_primary_term": 2}')
    for answer, path in (
        (Answer(404, b"{}"), place),
        (there, f"{place}?if_seq_no=7&if_primary_term=2"),
    ):
        opensearch = Scripted({("GET", place): answer})
        set_up_retention(opensearch, months=12)
        assert opensearch.asked == [
            ("GET", place),
            ("PUT", path),
            ("POST", f"{ISM}/add/events-search-*"),
            ("POST", f"{ISM}/change_policy/events-search-*"),
        ]
        assert opensearch.bodies[path] == policy_body(12)


def test_a_month_goes_whole_and_not_before_as_many_have_passed() -> None:
    policy = policy_body(2)["policy"]
    [kept, deleted] = policy["states"]
    assert kept["transitions"] == [
        {"state_name": "deleted", "conditions": {"min_index_age": "124d"}}
    ]
    assert deleted["actions"] == [{"delete": {}}]
    assert policy["ism_template"][0]["index_patterns"] == ["events-search-*"]
    assert [state["transitions"] for state in policy_body(None)["policy"]["states"]] == [[]]


def test_where_there_is_no_policy_old_months_are_deleted_by_their_names() -> None:
    names = [
        f"events-search-{name}" for name in ("1-2025.10", "1-2025.11", "2-2026.01", "2-2025.10")
    ]
    listed = Answer(200, json.dumps({name: {} for name in names}).encode())
    opensearch = Scripted({("GET", "/events-search-*"): listed})
    now = datetime(2026, 1, 1, tzinfo=UTC)
    deleted = delete_old_months(opensearch, months=2, now=now)
    assert deleted == ["events-search-1-2025.10", "events-search-2-2025.10"]
    assert opensearch.asked[1:] == [("DELETE", f"/{name}") for name in deleted]


def test_an_index_of_another_name_is_never_deleted() -> None:
    listed = Answer(200, b'{"events-search-1-2020.01": {}, "events-search-notes": {}}')
    opensearch = Scripted({("GET", "/events-search-*"): listed})
    with pytest.raises(ValueError, match="notes"):
        delete_old_months(opensearch, months=1, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(opensearch.asked) == 1


class Opening(Scripted):
    """Refuses, does not answer, and then takes requests."""

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        super().ask(method, path, body, timeout=timeout)
        if len(self.asked) == 1:
            raise OpenSearchUnavailableError("not there yet")
        return Answer(403 if len(self.asked) == 2 else 404, b"{}")


def test_a_new_store_is_waited_for() -> None:
    opensearch, waited = Opening(), list[float]()
    once_allowed(opensearch, milliseconds_left=lambda: 600_000, wait=waited.append)
    assert (len(opensearch.asked), len(waited)) == (3, 2)


def test_one_that_stays_closed_is_an_error_while_there_is_time_to_say_so() -> None:
    closed = Scripted({("GET", "/_alias/events-search"): Answer(403, b"{}")})
    left = iter((120_000, 60_001, 59_999))
    waited = list[float]()
    with pytest.raises(NotAllowedError, match="status 403"):
        once_allowed(closed, milliseconds_left=lambda: next(left), wait=waited.append)
    assert len(waited) == 2
