"""The API's document as a linter of such documents sees it, with all that it recommends."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.npm_packages import npm_packages
from infra.openapi.document import document
from tests.infra.variants import Variant

QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def linted(*documents: Path) -> subprocess.CompletedProcess[str]:
    """What `redocly lint` says; nothing of it is sent anywhere."""
    cli = npm_packages("openapi-lint") / "@redocly" / "cli" / "bin" / "cli.js"
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(cli), "lint", "--extends=recommended-strict", *map(str, documents)]
    environ = {**os.environ, **QUIET}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_a_linter_finds_nothing(stages: Mapping[str, Variant], tmp_path: Path) -> None:
    documents = [tmp_path / f"{name}.json" for name in stages]
    for file, stage in zip(documents, stages.values(), strict=True):
        file.write_text(json.dumps(document(stage.settings)))
    done = linted(*documents)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_sees_what_is_wrong(stages: Mapping[str, Variant], tmp_path: Path) -> None:
    spoilt = document(stages["dev"].settings)
    del spoilt["paths"]["/types"]["get"]["operationId"]
    file = tmp_path / "spoilt.json"
    file.write_text(json.dumps(spoilt))
    done = linted(file)
    assert (done.returncode, "operation-operationId" in done.stdout + done.stderr) == (1, True)
