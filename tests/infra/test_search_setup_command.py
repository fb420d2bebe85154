"""`eventlog search setup`: by hand here, through the stage's own function on AWS."""

import json
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.response import StreamingBody
from botocore.stub import Stubber

from infra.deployed_stage import DeployedStage
from infra.local.aws import LocalAws
from infra.search_setup_command import NoSearchError, SetupFailedError, invoked, run_setup
from projections.search_names import template_name
from tests.opensearch import SearchEngine

HERE = LocalAws("http://127.0.0.1:1", "http://127.0.0.1:2", "eu-central-1")


def test_here_it_is_set_up_at_once_and_again_without_a_change(
    opensearch: str, search_engine: SearchEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = DeployedStage("local", "eu-central-1", {"SearchEndpoint": opensearch}, HERE)
    run_setup(stage, as_json=False)
    assert capsys.readouterr().out == "OpenSearch is ready for the indices of generation 1.\n"
    template = search_engine.ask("GET", f"/_index_template/{template_name(1)}")
    assert template.status == 200
    run_setup(stage, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"generations": [1]}
    assert search_engine.ask("GET", f"/_index_template/{template_name(1)}").body == template.body


def test_a_stage_without_search_is_told() -> None:
    with pytest.raises(NoSearchError, match="the stage local has no search"):
        run_setup(DeployedStage("local", "eu-central-1", {}, HERE), as_json=False)


def answering(payload: Any, **more: str) -> Any:
    """A client of Lambda's that expects one invocation, and answers it."""
    config = Config(signature_version=UNSIGNED)
    client = boto3.client("lambda", region_name="eu-central-1", config=config)
    body = json.dumps(payload).encode()
    stubber = Stubber(client)
    stubber.add_response(
        "invoke",
        {"StatusCode": 200, "Payload": StreamingBody(BytesIO(body), len(body)), **more},
        {"FunctionName": "SearchSetup", "Payload": b"{}"},
    )
    stubber.activate()
    return client


def test_on_aws_the_stages_function_does_it() -> None:
    assert invoked(answering({"generations": [1, 2]}), "SearchSetup") == [1, 2]


def test_its_error_is_told() -> None:
    error = {"errorType": "OpenSearchRefusedError", "errorMessage": "403"}
    client = answering(error, FunctionError="Unhandled")
    with pytest.raises(SetupFailedError, match="SearchSetup: OpenSearchRefusedError: 403"):
        invoked(client, "SearchSetup")
