"""One event in the form that a client wants, and what identifies the event in that form."""

from collections.abc import Callable

from api.http import CLOUD_EVENT, CLOUD_EVENTS
from domain.event import Event


def writer(form: str) -> Callable[[Event], str]:
    """What writes an event's JSON: its own, or the CloudEvent that it came as or is like."""
    if form not in {CLOUD_EVENT, CLOUD_EVENTS}:
        return Event.to_json
    from api.cloud_event_answers import cloud_event_json  # noqa: PLC0415  # few ask for it

    return cloud_event_json


def etag(event: Event, form: str) -> str:
    """A strong entity tag: forms that differ in a byte have tags that differ (RFC 9110, 8.8.3)."""
    return f'"{event.hash}-cloudevent"' if form == CLOUD_EVENT else f'"{event.hash}"'
