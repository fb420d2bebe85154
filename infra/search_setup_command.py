"""`eventlog search setup`: what a deployment installs in OpenSearch, installed once more."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.deployed_stage import DeployedStage
from projections.opensearch import OpenSearchUnavailableError, connect
from projections.search_requests import OpenSearchRefusedError
from projections.search_setup import set_up


class NoSearchError(Exception):
    """The stage has no search."""


class SetupFailedError(Exception):
    """The function of the stage failed; the message is its error."""


_CALLED_ONCE = Config(read_timeout=900, retries={"total_max_attempts": 1})
"""The function waits for OpenSearch for up to its own timeout; a second call would help nobody."""

FAILURES = (
    *(NoSearchError, SetupFailedError, OpenSearchUnavailableError, OpenSearchRefusedError),
    *(BotoCoreError, ClientError),
)


def run_setup(stage: DeployedStage, *, as_json: bool) -> None:
    """Set a stage's search up, and print which generations of indices it is ready for.

    On AWS the stage's own function does it, as nobody else may.

    Raises: one of FAILURES.
    """
    if "SearchEndpoint" not in stage.outputs:
        raise NoSearchError(f"the stage {stage.name} has no search: deploy it with search.engine")
    if stage.aws is None:
        with closing(stage.client("lambda", config=_CALLED_ONCE)) as client:
            generations = invoked(client, stage.outputs["SearchSetupName"])
    else:
        generations = set_up(connect(stage.outputs["SearchEndpoint"], service=None))
    if as_json:
        sys.stdout.write(json.dumps({"generations": generations}) + "\n")
        return
    numbers = ", ".join(map(str, generations))
    sys.stdout.write(f"OpenSearch is ready for the indices of generation {numbers}.\n")


def invoked(client: Any, function: str) -> list[int]:
    """The generations that the function of a stage has set up; `client` is Lambda's.

    Raises:
        SetupFailedError: the function failed.
    """
    answer = client.invoke(FunctionName=function, Payload=b"{}")
    result = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise SetupFailedError(f"{function}: {result['errorType']}: {result['errorMessage']}")
    generations: list[int] = result["generations"]
    return generations
