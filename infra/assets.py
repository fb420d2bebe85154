"""The assets of a cloud assembly: what would be in S3, and the folder that it is made of.

https://docs.aws.amazon.com/cdk/v2/guide/assets.html
"""

import json
from collections.abc import Mapping
from pathlib import Path


def assets_of(assembly: Path, stack: str) -> Mapping[str, Path]:
    """The folder or file of each asset of a stack, by its key in S3."""
    manifest = json.loads((assembly / f"{stack}.assets.json").read_text("utf-8"))
    return {
        target["objectKey"]: assembly / file["source"]["path"]
        for file in manifest["files"].values()
        for target in file["destinations"].values()
    }
