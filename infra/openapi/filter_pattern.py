"""What a `filter` of GET /search looks like, as a pattern of JSON Schema.

Invariant: it is as `api.search_filters` reads one, but for what no pattern tells: whether a date is
one of the calendar, and a number one that a double holds.
"""

from projections.search_query import ENVELOPE

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"[Tt]{_CLOCK}:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-]{_CLOCK})"
_END = r"(?![\s\S])"  # `$` is before a line's end too, to some

_OF_ENVELOPE = f"(?:{'|'.join(ENVELOPE)}):(?![<>])"
_OF_PAYLOAD = (
    r"payload\.(?:[^\\:]|\\[\s\S])*:"
    f"(?:(?![<>])|[<>]=?(?:{_NUMBER}|{_DAY}(?:{_TIME})?){_END})"
)

FILTER = f"^(?:{_OF_ENVELOPE}|{_OF_PAYLOAD})"
"""`FIELD:text`, `payload.path:text`, or `payload.path:>=` and a number or a date."""
