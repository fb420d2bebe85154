"""What a function's bundle weighs as the archive that Lambda gets, and what in it weighs so much.

Invariant: the parts add up to the whole, so that nothing in an archive goes unseen.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (50 MB zipped)
"""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

METADATA = "*.dist-info"
FRAMING = "archive"


@dataclass(frozen=True)
class BundleContents:
    """Bytes zipped: of the archive, and of each package and module at its top, largest first.

    Licences and versions of packages are together under `*.dist-info`, the archive's own headers
    under `archive`.
    """

    size: int
    parts: Mapping[str, int]
    bytecode: bool


def contents_of(folder: Path) -> BundleContents:
    """A bundle's folder, weighed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
        parts: Counter[str] = Counter()
        for entry in archive.infolist():
            parts[_part(entry.filename)] += entry.compress_size
        bytecode = any(entry.filename.endswith(".pyc") for entry in archive.infolist())
    size = buffer.tell()
    parts[FRAMING] = size - parts.total()
    return BundleContents(size, dict(parts.most_common()), bytecode)


def _part(name: str) -> str:
    top = name.split("/", 1)[0]
    return METADATA if top.endswith(".dist-info") else top
