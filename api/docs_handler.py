"""The Docs Lambda: wiring only."""

import os
from pathlib import Path

from api.docs import Pages, build
from api.page_folder import FOLDER
from domain import config
from domain.telemetry import telemetry

handler = build(
    pages=Pages(Path(os.environ["LAMBDA_TASK_ROOT"], FOLDER)),  # Lambda sets it: where its code is
    telemetry=telemetry(
        "docs",
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
