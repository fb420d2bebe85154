"""Which scripts in browsers may call a stage's API: those of origins that it names, and its own.

Invariant: the functions, the preflight methods and API Gateway's own answers know the same origins.
"""

from dataclasses import dataclass

from infra.explorer_on_aws import ExplorerOnAws
from infra.settings import Settings


@dataclass(frozen=True)
class Browsers:
    """The `origins`; `named` is the one that answers name which know one value and no condition."""

    origins: tuple[str, ...]
    named: str | None


def browsers_of(settings: Settings, explorer: ExplorerOnAws | None) -> Browsers:
    """All of a stage's; of several, the explorer's is named, whose users are the stage's own."""
    own = (explorer.origin,) if explorer else ()
    origins = tuple(dict.fromkeys((*own, *settings.edge.allowed_origins)))
    return Browsers(origins, origins[0] if own or len(origins) == 1 else None)
