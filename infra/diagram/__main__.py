"""`python -m infra.diagram`: draws `prod` into docs/images, once for each theme."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundling import ROOT
from infra.diagram.graph import graph
from infra.diagram.layout import picture
from infra.diagram.svg import THEMES, svg
from infra.settings import load
from infra.synth import synth


def main() -> int:
    """Draw the pictures anew."""
    with TemporaryDirectory() as folder:
        stage = load(stage="prod", environ={})
        template = synth(stage, Path(folder), bundled=False).template()
    drawn = picture(graph(template))
    for theme in THEMES:
        file = ROOT / "docs" / "images" / f"architecture-{theme}.svg"
        file.write_text(svg(drawn, theme=theme), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
