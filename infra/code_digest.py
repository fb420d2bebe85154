"""A digest of what a custom resource's function installs, so that a deployment runs it anew."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from infra.bundling import ROOT
from infra.first_party import closure

_NOTHING_ELSE: Mapping[str, bytes] = MappingProxyType({})


def code_digest(handler: str, *, beside: Mapping[str, bytes] = _NOTHING_ELSE) -> str:
    """A digest of a handler's modules, and of the files that its bundle has beside them."""
    modules = {
        str(file): (ROOT / file).read_bytes() for file in closure(_module(handler), root=ROOT)
    }
    digest = hashlib.sha256()
    for name, content in sorted({**modules, **beside}.items()):
        digest.update(f"{name}:".encode() + content)
    return digest.hexdigest()[:16]


def _module(handler: str) -> str:
    return handler.rpartition(".")[0]
