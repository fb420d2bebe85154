"""The sources of the explorer page, as they go into the bundle of the function that publishes them.

Invariant: what is published on AWS is what the local stack serves, byte for byte.
"""

from pathlib import Path

from api.explorer_page import FOLDER, MEDIA_TYPES

SOURCES = Path(__file__).with_name("explorer")


def explorer_sources() -> dict[str, bytes]:
    """The page's files, by their names in the bundle."""
    files = sorted(file for file in SOURCES.iterdir() if file.suffix in MEDIA_TYPES)
    return {f"{FOLDER}/{file.name}": file.read_bytes() for file in files}
