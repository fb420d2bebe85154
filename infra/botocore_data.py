"""What botocore knows of AWS, reduced to what clients of a few services read when they start.

Invariant: a client made from the reduced data calls the same addresses with the same requests; what
is taken out is other services' addresses, which are half of a client's start, and documentation.
"""

import gzip
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any


def reduce_data(folder: Path, *, services: Collection[str]) -> None:
    """Reduce a folder of packages to the data of these services, in files that are not packed."""
    data = folder / "botocore" / "data"
    endpoints = data / "endpoints.json"
    if endpoints.exists():
        _write(endpoints, _endpoints(json.loads(endpoints.read_bytes()), services))
    for packed in data.glob("*/*/*.json.gz"):
        content = json.loads(gzip.decompress(packed.read_bytes()))
        is_model = packed.name == "service-2.json.gz"
        _write(packed.with_suffix(""), _undocumented(content) if is_model else content)
        packed.unlink()


def _endpoints(content: dict[str, Any], services: Collection[str]) -> dict[str, Any]:
    """Every partition and region, but of the services only these."""
    for partition in content["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in services if name in known}
    return content


def _undocumented(model: dict[str, Any]) -> dict[str, Any]:
    """A service's model without the texts of its operations and shapes.

    Those of `clientContextParams` stay: botocore reads them.
    """
    described = ("operations", "shapes")
    model = {key: _without_texts(v) if key in described else v for key, v in model.items()}
    model.pop("documentation", None)
    return model


def _without_texts(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_texts(v) for key, v in part.items() if not _is_text(key, v)}
    return [_without_texts(v) for v in part] if isinstance(part, list) else part


def _is_text(key: str, value: object) -> bool:
    """A shape may have a member of this name, whose value is no text."""
    return key == "documentation" and isinstance(value, str)


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")), "utf-8")
