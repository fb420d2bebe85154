"""A seeded soak: the whole stack under load while all that can break is broken on purpose.

Invariant: it passes only if nothing is lost or doubled and everything parked is explained.
"""
