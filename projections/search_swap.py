"""Lets another generation of the search projection be searched, as one step.

Invariant: whoever counts meanwhile counts all of the old generation or all of the new one: never
both, and never fewer.
"""

from __future__ import annotations

from threading import Event as Flag
from typing import Any

from projections.patience import wait
from projections.projection_target import Say
from projections.search_admin import SearchAdmin
from projections.search_catalog import catalog
from projections.search_names import ALIAS, NEXT_ALIAS, generation_of, index_pattern

_HELD = "60s"
"""How long the old generation shows nothing newer: longer than the new one needs to catch up, and
short enough for a swap that is killed to leave no view that stays old."""

_TRIES = 20
_STILL = 4
"""Looks in a row that see the same: what is missing then is not on its way."""

_PAUSE_SECONDS = 0.3
_SERVERLESS_PAUSE_SECONDS = 4.0  # it shows what was written after ten seconds, at its own pace


def swap(admin: SearchAdmin, generation: int, *, serverless: bool, say: Say) -> None:
    """Take the alias from the generations before and give it to this one.

    What the old generation shows is held back first, and the new one shows at least as much before
    it takes over: so that no event is seen, gone and seen again.
    https://docs.opensearch.org/latest/api-reference/alias/aliases-api/
    """
    held = {} if serverless else _hold(admin)
    try:
        _catch_up(admin, generation, serverless=serverless, say=say)
        align(admin, generation)
    except BaseException:
        _set_refresh(admin, held)
        raise


def align(admin: SearchAdmin, generation: int) -> None:
    """Have the generation's indices, and none of an older one, behind the alias; all at once."""
    actions: list[Any] = []
    for index, aliases in catalog(admin).aliases.items():
        number = generation_of(index)
        if number == generation and ALIAS not in aliases:
            actions.append({"add": {"index": index, "alias": ALIAS}})
        gone = aliases & {ALIAS, NEXT_ALIAS} if number < generation else aliases & {NEXT_ALIAS}
        if number <= generation:
            actions += [{"remove": {"index": index, "alias": alias}} for alias in gone]
    if actions:
        admin.ask("POST", "/_aliases", {"actions": actions})


def _hold(admin: SearchAdmin) -> dict[str, str | None]:
    """Have the searched indices show nothing new for a while; gives back what they had set."""
    # Those that have it set are answered alone.
    found = admin.find("GET", f"/{ALIAS}/_settings/index.refresh_interval") or {}
    before: dict[str, str | None] = {
        index: found[index]["settings"]["index"]["refresh_interval"] if index in found else None
        for index, aliases in catalog(admin).aliases.items()
        if ALIAS in aliases
    }
    if before:
        admin.ask("PUT", f"/{ALIAS}/_settings", {"index": {"refresh_interval": _HELD}})
    return before


def _set_refresh(admin: SearchAdmin, intervals: dict[str, str | None]) -> None:
    for index, interval in intervals.items():
        admin.find("PUT", f"/{index}/_settings", {"index": {"refresh_interval": interval}})


def _catch_up(admin: SearchAdmin, generation: int, *, serverless: bool, say: Say) -> None:
    """Wait until the new generation shows as many events as the old one, if it ever will."""
    seen: list[tuple[int, int]] = []
    for _ in range(_TRIES):
        if not serverless:
            admin.ask("POST", f"/{index_pattern(generation)}/_refresh")
        old, new = _count(admin, ALIAS), _count(admin, index_pattern(generation))
        if new >= old:
            return
        seen.append((old, new))
        if len(seen) >= _STILL and len(set(seen[-_STILL:])) == 1:
            break
        wait(_SERVERLESS_PAUSE_SECONDS if serverless else _PAUSE_SECONDS, stopped=Flag())
    say(f"The new generation has {new} events and the old one {old}: verify says which")


def _count(admin: SearchAdmin, target: str) -> int:
    return int((admin.find("GET", f"/{target}/_count") or {"count": 0})["count"])
