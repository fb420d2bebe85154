"""Who an event is: by its id, and among CloudEvents by source and id together.

Invariant: a CloudEvent is under its own id, or, if that was another source's before, under a key
that nothing but its source and its id decide; so whoever knows both finds it.
"""

import hashlib
import json
from dataclasses import replace

from domain.event import Event, NewEvent
from domain.json_text import JsonText

OWN_ID = "id"
"""The member of an event's `cloudevent` with the CloudEvent's id, where its key is another."""


def second_key(*, source: str, id: str) -> str:
    """The key of a CloudEvent whose id is taken by another source's event."""
    pair = json.dumps([source, id])
    return f"cloudevent-{hashlib.sha256(pair.encode()).hexdigest()}"


def under_second_key(event: NewEvent, *, taken_by: Event) -> NewEvent | None:
    """The event under its second key; None where that is not for it.

    It is for a CloudEvent whose id stands for an event that is not its source's.
    """
    if event.cloudevent is None or event.source is None or event.source == taken_by.source:
        return None
    kept = event.cloudevent.value
    members = {**(kept if isinstance(kept, dict) else {}), OWN_ID: event.id}
    text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = second_key(source=event.source, id=event.id)
    return replace(event, id=key, cloudevent=JsonText(text, members))
