"""`eventlog search dashboards`: brings the content into OpenSearch Dashboards, or into a file."""

import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.api_target import NotSignableError
from infra.dashboards.api import DashboardsApi, DashboardsError
from infra.dashboards.content import content
from infra.dashboards.index_pattern import PATTERN
from infra.dashboards.overview import OVERVIEW
from infra.dashboards.pattern_fields import merged, pattern_fields
from infra.dashboards.saved_object import ndjson
from infra.dashboards.target import DashboardsTarget, NoDashboardsError
from projections.search_template import envelope_properties

FAILURES = (
    *(DashboardsError, NoDashboardsError, NotSignableError, OSError),
    *(BotoCoreError, ClientError),
)
"""What the command can fail with; exit code 2."""

_TIMEOUT_SECONDS = 60


def run_dashboards(target: DashboardsTarget, *, api: str) -> None:
    """Import the content, with the payload fields that there are now, and say where it is.

    Raises:
        DashboardsError: Dashboards was not reached or refused.
    """
    with target.client(timeout=_TIMEOUT_SECONDS) as client:
        dashboards = DashboardsApi(client, address=target.shown)
        fields = merged(pattern_fields(envelope_properties()), dashboards.fields(PATTERN))
        count = dashboards.put(ndjson(content(fields, api=api)))
    sys.stdout.write(f"{count} objects, {len(fields)} fields\n")
    sys.stdout.write(f"{target.shown}/app/dashboards#/view/{OVERVIEW}\n")


def write_dashboards(out: Path, *, api: str) -> None:
    """Write the content for an import by hand.

    Raises:
        OSError: the file cannot be written.
    """
    objects = content(pattern_fields(envelope_properties()), api=api)
    out.write_text(ndjson(objects), encoding="utf-8")
    sys.stderr.write(f"{len(objects)} objects in {out}\n")
