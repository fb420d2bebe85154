"""`python -m infra.site`: builds the site, strictly; a broken link or anchor, a page that no menu
has, or a request to another host fails it."""

import os
import subprocess
import sys

from infra.bundling import ROOT
from infra.site.fences import UnclosedFenceError
from infra.site.pages import BrokenLinkError
from infra.site.requests import outside_requests
from infra.site.tree import write_tree

BUILD = ROOT / "build"


def main() -> int:
    """The exit code: 0 if the site is whole."""
    try:
        write_tree(BUILD / "docs-source")
    except (BrokenLinkError, UnclosedFenceError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],  # --quiet would hide the faults
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},  # docs/decisions/0030-docs-as-a-site.md
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        sys.stderr.write(built.stderr)
        return built.returncode
    outside = list(outside_requests(BUILD / "docs"))
    for page, address in outside:
        sys.stderr.write(f"{page} asks the network for {address}\n")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
