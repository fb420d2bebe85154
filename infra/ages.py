"""How long ago something was, as people say it."""

from datetime import datetime

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def age(moment: str, *, now: datetime) -> str:
    """How long before `now` an RFC 3339 moment was, in its largest unit."""
    return duration((now - datetime.fromisoformat(moment)).total_seconds())


def duration(seconds: float) -> str:
    """Seconds, in the largest unit that they fill."""
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
