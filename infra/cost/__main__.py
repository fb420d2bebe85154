"""`python -m infra.cost`: puts what `prod` costs, as it is now, into docs/cost.md."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundling import ROOT
from infra.cost.tables import document
from infra.settings import load
from infra.synth import synth


def main() -> int:
    """Rewrite the tables; the text around them stays."""
    file = ROOT / "docs" / "cost.md"
    settings = load(stage="prod", environ={})
    with TemporaryDirectory() as folder:
        template = synth(settings, Path(folder), bundled=False).template()
    before = file.read_text("utf-8")
    file.write_text(document(before, settings=settings, template=template), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
