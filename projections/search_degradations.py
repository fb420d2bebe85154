"""What a document lacks of its event, and why: the words in its field `degraded`.

Invariant: `event.original` holds the whole event, whatever is degraded.
"""

UNREADABLE = "payload-unreadable"
"""The payload is no JSON, as only an item written around the API can be: it is not indexed."""

DEEP = "payload-deep"
"""Values more than 20 levels deep are in `text` alone."""

LONG_STRING = "payload-long-string"
"""Strings of more than 4,096 characters are in `text` alone."""

LONG_PATH = "payload-long-path"
"""Values whose path is too long have no field of their own, or are in `text` alone."""

NUMBER_RANGE = "number-range"
"""Numbers beyond a double's range are in `keyword` and `payload`, as text."""

MANY_FIELDS = "event-fields"
"""The event has more fields than one event may have; the deepest have none of their own."""

FULL_INDEX = "index-fields"
"""The index has as many fields as it may have; new ones have none."""

CUT_TEXT = "text-cut"
"""The readable text ends in the middle."""

TIME_RANGE = "time-range"
"""`time` lies outside the years 1 to 9999 in UTC: `@timestamp` is when the log recorded it."""
