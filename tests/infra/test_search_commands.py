"""The operator's commands on the search projection: what they print, write and return."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from moto import mock_aws

from infra.deployed_stage import DeployedStage
from infra.local.aws import LocalAws
from infra.local.ports import free_port
from infra.local_status import local_status
from infra.parked_command import FAILURES, parking_lot, run_parked, run_redrive
from infra.rebuild_command import run_rebuild
from infra.search_access import search_of
from infra.search_condition import condition_of
from infra.search_target import SearchTarget, search_target
from infra.stage_projections import NoSuchProjectionError, projection_of
from infra.status_command import run_status
from infra.verify_command import run_verify
from projections.by_type_rows import BY_TYPE
from projections.opensearch import OpenSearch, connect
from projections.parking import Parking
from projections.search_admin import SearchAdmin
from projections.search_names import SEARCH, index_name
from projections.search_rebuild import SearchRebuild
from tests.buckets import TestBucket
from tests.opensearch import SearchEngine
from tests.projections.replays import append, events
from tests.projections.search_replays import documents, ids, projection
from tests.records import record_of
from tests.tables import Tables

LOG = events(12)


def local_stage(
    tables: Tables, bucket: TestBucket, data: Path, *, opensearch: str, search: bool = True
) -> DeployedStage:
    aws = LocalAws(tables.client.meta.endpoint_url, bucket.client.meta.endpoint_url, "eu-central-1")
    outputs = {
        "EventsTableName": tables.events,
        "EventsByTypeTableName": tables.events_by_type,
        "TypeShards": "4",
        "ByTypeMappingId": "m",
        "ByTypeProjectorName": "by-type-projector",
        "ParkingBucketName": bucket.name,
    }
    if search:
        outputs |= {"SearchMappingId": "s", "SearchProjectorName": "search-projector"}
        outputs["SearchRetentionMonths"] = "0"
    (data / "logs").mkdir()
    for name in ("by-type", "search"):
        (data / "logs" / f"{name}-projector.log").touch()
    return DeployedStage("local", aws.region, outputs, aws, data, opensearch)


@pytest.fixture
def stage(
    tables: Tables, bucket: TestBucket, tmp_path: Path, opensearch: str, search: OpenSearch
) -> DeployedStage:
    """A stage with both projections, of which search has all of the log but LOG[1]."""
    append(tables, LOG)
    assert projection(search)([*LOG[:1], *LOG[2:]]) == []
    return local_stage(tables, bucket, tmp_path, opensearch=opensearch)


def test_it_is_rebuilt_and_summed_up(
    stage: DeployedStage, search: OpenSearch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = stage.client("dynamodb")
    target = SearchTarget(client, search, log_table=stage.log_table, settle_seconds=0)
    code = run_rebuild(
        client,
        log_table=stage.log_table,
        target=target,
        segments=2,
        rate=1_000,
        checkpoint=tmp_path / "checkpoint",
        restart=False,
        dry_run=False,
        as_json=True,
    )
    printed = capsys.readouterr()
    assert (code, json.loads(printed.out)) == (0, {"projected": 12, "unreadable": 0, "refused": 0})
    assert "0 write and 1 read units" in printed.err
    assert documents(search).keys() == ids(LOG)
    assert target.count() == 12


def test_it_is_verified_and_repaired(
    stage: DeployedStage, search: OpenSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*, repair: bool, as_json: bool) -> int:
        return run_verify(
            stage.client("dynamodb"),
            log_table=stage.log_table,
            target=search_target(stage),
            lag_seconds=60,
            repair=repair,
            dry_run=False,
            as_json=as_json,
        )

    key = [index_name(1, LOG[1].recorded_at), LOG[1].id]
    assert run(repair=False, as_json=True) == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary["listed"] == [{"kind": "missing", "of": "document", "id": LOG[1].id, "key": key}]
    assert (summary["log_events"], summary["rows"]) == (12, 11)
    assert run(repair=True, as_json=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"missing document: {LOG[1].id!r} at {' / '.join(key)}",
        "12 events and 12 rows compared, 0 too young to be; 1 missing",
        "After the repair: no difference",
    ]


def park(bucket: TestBucket, projection: str, number: int) -> None:
    parking = Parking(lambda: bucket.client, bucket=bucket.name, projection=projection)
    parking.park(record_of(LOG[number]), "400: mapper_parsing_exception: odd")


def test_what_is_parked_of_it_is_redriven_alone_or_with_the_rest(
    stage: DeployedStage,
    search: OpenSearch,
    bucket: TestBucket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in (BY_TYPE, SEARCH):
        park(bucket, name, 1)
    assert run_parked(stage, as_json=True) == 1
    groups = json.loads(capsys.readouterr().out)["groups"]
    assert [group["projection"] for group in groups] == [BY_TYPE, SEARCH]
    assert run_redrive(stage, projection=SEARCH, dry_run=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["redriven"] == 1
    assert {one.projection for one in parking_lot(stage).all()} == {BY_TYPE}
    assert documents(search).keys() == ids(LOG)
    park(bucket, SEARCH, 1)  # and it is there already
    assert run_redrive(stage, projection=None, dry_run=True, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["redriven"] == 2
    assert run_redrive(stage, projection=None, dry_run=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["redriven"] == 2
    assert bucket.keys() == []
    assert len(documents(search)) == 12


def test_a_stage_without_search_says_so(
    tables: Tables, bucket: TestBucket, tmp_path: Path, opensearch: str
) -> None:
    stage = local_stage(tables, bucket, tmp_path, opensearch=opensearch, search=False)
    with pytest.raises(NoSuchProjectionError, match="stage local has no projection search"):
        projection_of(stage, SEARCH)
    with pytest.raises(FAILURES, match="no projection search"):
        run_redrive(stage, projection=SEARCH, dry_run=True, as_json=True)
    [by_type] = local_status(stage, data=tmp_path).projections
    assert (by_type.name, by_type.facts) == (BY_TYPE, {})


def test_the_status_has_a_line_for_each_projection_and_what_opensearch_says(
    stage: DeployedStage, search: OpenSearch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents(search)  # refreshes
    SearchRebuild(SearchAdmin(search), say=lambda _: None, settle_seconds=0).begin(
        goes_on=False, restart=False
    )
    run_status(stage, watch=False, as_json=True)
    by_type, of_search = json.loads(capsys.readouterr().out)["projections"]
    assert (by_type["name"], by_type["facts"]) == (BY_TYPE, {})
    assert (of_search["name"], of_search["state"]) == (SEARCH, "Enabled")
    assert of_search["facts"].pop("cluster") in {"green", "yellow"}
    assert of_search["facts"] == {"generation": 1, "documents": 11, "degraded": 0, "building": 2}
    run_status(stage, watch=False, as_json=False)
    printed = capsys.readouterr().out
    assert "search: cluster " in printed
    assert ", generation 1, documents 11, degraded 0, building 2\n" in printed


def test_what_opensearch_lacks_is_a_fault_or_unknown(opensearch: str, search: SearchEngine) -> None:
    search.empty()
    facts = condition_of(search, serverless=True).facts
    assert facts == {"generation": None, "documents": None, "degraded": None}
    nobody = connect(f"http://127.0.0.1:{free_port()}", service=None)
    fault = condition_of(nobody).fault or ""
    assert fault.startswith("OpenSearch does not answer (")
    assert "refused" in fault


class _Asked(BaseHTTPRequestHandler):
    authorizations: list[str] = []  # noqa: RUF012  # the one server's

    def do_GET(self) -> None:
        self.authorizations.append(self.headers["Authorization"])
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing to say."""


@pytest.fixture
def asked() -> Iterator[str]:
    """Address of a server that refuses everything."""
    with HTTPServer(("127.0.0.1", 0), _Asked) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_on_aws_requests_are_signed_as_the_role_of_operators(
    asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "mine")
    outputs = {
        "SearchEndpoint": asked,
        "SearchService": "es",
        "SearchOperatorRoleArn": "arn:aws:iam::123456789012:role/operator",
    }
    stage = DeployedStage("prod", "eu-central-1", outputs)
    with mock_aws(config={"core": {"passthrough": {"urls": [asked]}}}):
        condition = condition_of(search_of(stage))
    assert "403" in (condition.fault or "")
    [authorization] = _Asked.authorizations
    assert "Credential=ASIA" in authorization  # a role's; "mine" is the caller's own
    assert "/eu-central-1/es/aws4_request" in authorization
