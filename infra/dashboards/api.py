"""The few calls of OpenSearch Dashboards' own API that an import takes.

Invariant: objects go where all analysts see them, the global tenant.
https://docs.opensearch.org/latest/security/multi-tenancy/multi-tenancy-config/
"""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.dashboards.pattern_fields import Field

_HEADERS = {"osd-xsrf": "true", "securitytenant": "global"}
_BY_HAND = "Write the objects with --out and import them by hand, as docs/search.md says."


class DashboardsError(Exception):
    """Dashboards was not reached or refused; the message says what to do."""


class DashboardsApi:
    """Dashboards as a client reaches it; `address` is how messages name it."""

    def __init__(self, client: httpx.Client, *, address: str) -> None:
        self._client = client
        self._address = address

    def fields(self, pattern: str) -> list[Field]:
        """What an index pattern's indices can be searched by; none while there is no index.

        Raises:
            DashboardsError: it cannot be told.
        """
        answer = self._ask(
            "GET", "/api/index_patterns/_fields_for_wildcard", params={"pattern": pattern}
        )
        if answer.status_code == httpx.codes.NOT_FOUND and "no_matching" in answer.text:
            return []
        fields: list[Field] = self._json(answer)["fields"]
        return fields

    def put(self, ndjson: str) -> int:
        """Import objects over those of the same ids; how many there were.

        Raises:
            DashboardsError: not all were taken.
        """
        answer = self._ask(
            "POST",
            "/api/saved_objects/_import",
            params={"overwrite": "true"},
            files={"file": ("events.ndjson", ndjson.encode(), "application/x-ndjson")},
        )
        result = self._json(answer)
        if refused := result.get("errors"):
            raise DashboardsError(f"{self._address} refused {_listed(refused)}")
        return int(result["successCount"])

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, headers=_HEADERS, **request)
        except httpx.TransportError as error:
            raise DashboardsError(
                f"no OpenSearch Dashboards at {self._address}: {error}. Name it with --dashboards."
            ) from error

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        """The JSON object of an answer that is well."""
        is_json = "application/json" in answer.headers.get("content-type", "")
        if answer.is_success and is_json:
            value: dict[str, Any] = answer.json()
            return value
        raise DashboardsError(f"{self._address} {_refusal(answer, is_json=is_json)}")


def _refusal(answer: httpx.Response, *, is_json: bool) -> str:
    status = answer.status_code
    if answer.is_redirect or answer.is_success:
        return f"asks for a login in a browser. {_BY_HAND}"
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return f"does not let this caller import ({status}). {_BY_HAND}"
    if status == httpx.codes.NOT_FOUND:
        return "is no OpenSearch Dashboards (404). Name its address with --dashboards."
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        return "is not ready (503): try again when it has found OpenSearch."
    reason = answer.json().get("message", "") if is_json else ""
    return f"answered {status}: {reason or answer.reason_phrase}"


def _listed(refused: list[Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{one.get('type')} {one.get('id')} ({one.get('error', {}).get('type')})" for one in refused
    )
