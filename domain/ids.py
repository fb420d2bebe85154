"""Ids that the log makes when a producer sends none."""

import secrets
import time
import uuid

_RANDOM_BITS = 74


def uuid7() -> str:
    """A UUIDv7 (RFC 9562, 5.7): milliseconds since the epoch, then fresh random bits.

    Made anew for each call from the system's randomness, so that a function restored from a
    snapshot repeats none.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(_RANDOM_BITS)
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | (random >> 62) << 64
    return str(uuid.UUID(int=value | 2 << 62 | random & (1 << 62) - 1))
