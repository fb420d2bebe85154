"""`python -m infra.cost`: puts what `prod` costs, as it is now, into the documents."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundling import ROOT
from infra.cost.markdown import put_in
from infra.cost.tables import tables
from infra.settings import load
from infra.synth import synth


def main() -> int:
    """Rewrite the tables; the text around them stays."""
    settings = load(stage="prod", environ={})
    with TemporaryDirectory() as folder:
        template = synth(settings, Path(folder), bundled=False).template()
    for name, computed in tables(settings, template).items():
        file = ROOT / name
        file.write_text(put_in(file.read_text("utf-8"), computed), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
