"""Importing: what is asked of Dashboards, and what is said when it does not do it."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from botocore.credentials import Credentials
from moto import mock_aws
from typer.testing import CliRunner

from api.client.signing import SignedRequests
from infra.cli import app
from infra.dashboards.api import DashboardsApi, DashboardsError
from infra.dashboards.target import DashboardsTarget, NoDashboardsError, dashboards_target
from infra.deployed_stage import DeployedStage

ADDRESS = "https://search.test/_dashboards"
TAKEN = {"success": True, "successCount": 2}


def api(answer: Callable[[httpx.Request], httpx.Response]) -> DashboardsApi:
    client = httpx.Client(base_url=ADDRESS, transport=httpx.MockTransport(answer))
    return DashboardsApi(client, address=ADDRESS)


def answering(status: int, body: object) -> DashboardsApi:
    return api(lambda request: httpx.Response(status, json=body))


def stage(**outputs: str) -> DeployedStage:
    return DeployedStage("prod", "eu-central-1", outputs)


def test_objects_go_over_those_of_the_same_ids_where_all_see_them() -> None:
    asked: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=TAKEN)

    assert api(take).put('{"id": "a"}\n{"id": "b"}\n') == 2
    [request] = asked
    assert str(request.url) == f"{ADDRESS}/api/saved_objects/_import?overwrite=true"
    assert request.headers["osd-xsrf"] == "true"
    assert request.headers["securitytenant"] == "global"
    assert b'{"id": "a"}\n{"id": "b"}\n' in request.content
    assert b'filename="events.ndjson"' in request.content


def test_fields_are_those_of_the_indices_and_none_before_the_first() -> None:
    found = [{"name": "number.total", "type": "number"}]
    assert answering(200, {"fields": found}).fields("events-search") == found
    none = {"statusCode": 404, "attributes": {"code": "no_matching_indices"}}
    assert answering(404, none).fields("events-search") == []


def test_refused_objects_are_named() -> None:
    error = {"id": "x", "type": "search", "error": {"type": "missing_references"}}
    answer = {"success": False, "successCount": 0, "errors": [error]}
    with pytest.raises(DashboardsError, match=r"refused search x \(missing_references\)"):
        answering(200, answer).put("")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(302, headers={"location": "/app/login"}), "login .*--out"),
        (httpx.Response(200, html="<html>"), "login .*--out"),
        (httpx.Response(401, json={}), r"\(401\).*--out"),
        (httpx.Response(403, json={}), r"\(403\).*--out"),
        (httpx.Response(404, text="no"), "is no OpenSearch Dashboards .*--dashboards"),
        (httpx.Response(503, text="not ready"), "try again"),
        (httpx.Response(413, json={"message": "Payload too large"}), "413: Payload too large"),
        (httpx.Response(502, text="<html>"), "502: Bad Gateway"),
    ],
)
def test_a_refusal_says_what_to_do(answer: httpx.Response, told: str) -> None:
    with pytest.raises(DashboardsError, match=told):
        api(lambda request: answer).put("")


def test_dashboards_out_of_reach_is_no_stack_trace_and_its_password_is_not_told() -> None:
    arguments = ["search", "dashboards", "--api", "http://127.0.0.1:1", "--dashboards"]
    result = CliRunner().invoke(app, [*arguments, "http://ana:secret@127.0.0.1:1"])
    assert result.exit_code == 2
    assert "no OpenSearch Dashboards at http://127.0.0.1:1:" in result.stderr
    assert "secret" not in result.output


def test_objects_are_written_without_a_stack_or_dashboards(tmp_path: Path) -> None:
    out = tmp_path / "events.ndjson"
    arguments = ["search", "dashboards", "--api", "https://api.test/", "--out", str(out)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {line["type"] for line in lines} == {
        *("index-pattern", "search", "visualization", "dashboard"),
    }
    assert "https://api.test/events?id=" in lines[0]["attributes"]["fieldFormatMap"]


def test_a_stage_without_search_says_so() -> None:
    with pytest.raises(NoDashboardsError, match="prod has no search"):
        dashboards_target(None, stage=stage())


@pytest.mark.parametrize(
    "address", ["nope", "ftp://a.test", "https://", "https://[::1", "ana:secret@a.test/x"]
)
def test_an_address_that_is_none_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(NoDashboardsError, match="no address") as refused:
        dashboards_target(address, stage=None)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("search-events-abc.eu-central-1.es.amazonaws.com", "es"),
        ("search-events-abc.aos.eu-central-1.on.aws", "es"),
        ("abc.eu-central-1.aoss.amazonaws.com", "aoss"),
    ],
)
def test_requests_to_a_stage_are_signed_as_its_operator_with_the_bodys_hash(
    monkeypatch: pytest.MonkeyPatch, host: str, service: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    address = f"https://{host}/_dashboards"
    operator = {"SearchOperatorRoleArn": "arn:aws:iam::123456789012:role/operator"}
    with mock_aws():
        target = dashboards_target(None, stage=stage(SearchDashboardsUrl=address, **operator))
        assert target.address == address
        assert target.auth is not None
        request = httpx.Request("POST", f"{target.address}/api/x", content=b"body")
        signed = next(target.auth.sync_auth_flow(request)).headers
    assert "Credential=ASIA" in signed["authorization"]  # a role's
    assert f"/eu-central-1/{service}/aws4_request" in signed["authorization"]
    assert "x-amz-content-sha256" in signed["authorization"]
    assert len(signed["x-amz-content-sha256"]) == 64


def test_without_a_stage_requests_to_aws_are_signed_as_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    target = dashboards_target("https://abc.eu-central-1.aoss.amazonaws.com", stage=None)
    assert target.auth is not None
    signed = next(target.auth.sync_auth_flow(httpx.Request("GET", target.address))).headers
    assert "Credential=AKIDEXAMPLE" in signed["authorization"]


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:5601", "https://ana:pw@abc.eu-central-1.es.amazonaws.com/_dashboards"],
)
def test_other_addresses_are_not_signed_for(address: str) -> None:
    target = dashboards_target(f"{address}/", stage=None)
    assert target == DashboardsTarget(address)


def test_requests_to_the_api_are_signed_as_before() -> None:
    auth = SignedRequests(Credentials("AKIDEXAMPLE", "any"), region="eu-central-1")
    request = httpx.Request("GET", "https://api.test/types")
    headers = next(auth.sync_auth_flow(request)).headers
    assert "/execute-api/" in headers["authorization"]
    assert "x-amz-content-sha256" not in headers
