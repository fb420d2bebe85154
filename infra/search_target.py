"""The search projection of a stage, as the operator's commands see it.

Invariant: it is rebuilt beside the one that is searched, which stays whole until the new one is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from infra.deployed_stage import DeployedStage
from infra.search_access import search_of, service_of
from projections.differences import Found, Verified, Young
from projections.opensearch import OpenSearch
from projections.projection_target import Progress, Replay, Resumption, Say
from projections.rebuild import Rebuilt
from projections.search import SearchProjection
from projections.search_admin import SearchAdmin
from projections.search_kept_months import ALL_MONTHS, KeptMonths
from projections.search_names import ALIAS
from projections.search_rebuild import SETTLE_SECONDS, SearchRebuild
from projections.search_verify import Searched, verify
from projections.stream import Project

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SEGMENTS = 4


class SearchTarget:
    """The indices of OpenSearch and the log that they are made of."""

    write_units = 0

    def __init__(
        self,
        client: DynamoDBClient,
        opensearch: OpenSearch,
        *,
        log_table: str,
        serverless: bool = False,
        kept: KeptMonths = ALL_MONTHS,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._client = client
        self._opensearch = opensearch
        self._admin = SearchAdmin(opensearch)
        self._log_table = log_table
        self._serverless = serverless
        self._kept = kept
        self._settle_seconds = settle_seconds

    def project(self) -> Project:
        """What puts events into every generation that is written."""
        return SearchProjection(self._opensearch).project

    def rebuild(self, replay: Replay, *, begin: Resumption, say: Say) -> Rebuilt:
        """Replay the log into a generation of its own, and then let that one be searched.

        Raises:
            OpenSearchUnavailableError, OpenSearchRefusedError: a step was not done.
            GenerationLostError: another rebuild began anew meanwhile.
        """
        steps = SearchRebuild(
            self._admin,
            say=say,
            serverless=self._serverless,
            settle_seconds=self._settle_seconds,
        )
        generation = steps.begin(goes_on=begin.goes_on, restart=begin.restart)
        return replay(
            into=steps.identity(generation),
            project=self._kept.of(
                SearchProjection(self._opensearch, generation=generation).project
            ),
            finish=partial(steps.finish, generation),
        )

    def verify(self, *, young: Young, found: Found, progress: Progress, mend: bool) -> Verified:
        """Compare the documents that are searched with the log, and mend them if asked."""
        return verify(
            Searched(
                self._client,
                self._log_table,
                self._admin,
                self.project(),
                serverless=self._serverless,
                kept=self._kept,
            ),
            young=young,
            segments=_SEGMENTS,
            found=found,
            progress=progress,
            mend=mend,
        )

    def count(self) -> int:
        """How many documents are searched."""
        answer = self._admin.find("GET", f"/{ALIAS}/_count") or {"count": 0}
        return int(answer["count"])


def search_target(stage: DeployedStage) -> SearchTarget:
    """The search projection of a stage."""
    return SearchTarget(
        stage.client("dynamodb"),
        search_of(stage),
        log_table=stage.log_table,
        serverless=service_of(stage) == "aoss",
        kept=KeptMonths.at(datetime.now(UTC), months=int(stage.outputs["SearchRetentionMonths"])),
    )
