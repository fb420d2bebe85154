"""`python -m infra.reference`: writes the pages and tables that are made from the code."""

import sys

from infra.bundling import ROOT
from infra.reference.pages import pages


def main() -> int:
    """Write each anew."""
    for name, text in pages().items():
        (ROOT / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
