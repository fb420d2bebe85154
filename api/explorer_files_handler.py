"""The Lambda that publishes the explorer page, a custom resource of CloudFormation's: wiring only.

Called by an operator, with an empty request, it puts back what somebody has removed.
"""

import os
from pathlib import Path
from typing import Any

from api.explorer_files import connect_files, empty, publish
from api.explorer_page import FOLDER
from domain import config
from domain.telemetry import telemetry
from projections.custom_resource import answered

_folder = Path(os.environ["LAMBDA_TASK_ROOT"], FOLDER)  # Lambda sets it: where its code is
_bucket = os.environ[config.EXPLORER_BUCKET]
_s3 = connect_files()
_telemetry = telemetry(
    "explorer-files",
    level=os.environ[config.LOG_LEVEL],
    namespace=os.environ[config.METRICS_NAMESPACE],
)


def handler(request: dict[str, Any], _context: Any) -> dict[str, Any] | None:
    """Publish the page, or take it away; gives back the names of its files."""

    def make() -> dict[str, Any]:
        stage = os.environ[config.EXPLORER_STAGE]
        files = publish(_s3, bucket=_bucket, folder=_folder, stage=stage)
        _telemetry.logger.info("the explorer is published", files=files)
        return {"files": files}

    made: dict[str, Any] | None = answered(request, make, remove=lambda: empty(_s3, bucket=_bucket))
    return made
