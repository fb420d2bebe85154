"""Payloads of the sizes and shapes that producers send, made up from a seed."""

from random import Random
from typing import Any

_LINKS = ("avatar", "followers", "following", "gists", "starred", "repos", "events", "received")


def order(made: Random, *, lines: int) -> dict[str, Any]:
    """A payload of about 1 KB with 14 lines."""
    return {
        "order": f"A-{made.randrange(10**8):08d}",
        "customer": {"id": made.randrange(10**6), "country": "DE", "email": "a@example.org"},
        "lines": [
            {"sku": f"S-{made.randrange(10**6):06d}", "count": made.randrange(1, 9), "cents": 1999}
            for _ in range(lines)
        ],
        "note": "Bitte beim Nachbarn abgeben, wenn niemand öffnet; danke! " * 3,
    }


def webhook(made: Random) -> dict[str, Any]:
    """A payload of about 8 KB, as deep and as wide as those of code hosts' webhooks."""

    def person() -> dict[str, Any]:
        id = made.randrange(10**8)
        links = {f"{name}_url": f"https://api.example.org/users/{id}/{name}" for name in _LINKS}
        return {"id": id, "login": f"user-{id}", "type": "User", "site_admin": False, **links}

    repository = {"id": made.randrange(10**9), "private": False, "owner": person(), "size": 4711}
    issue = {"number": 7, "title": "It breaks", "user": person(), "labels": [], "closed_at": None}
    return {
        "action": "opened",
        "issue": issue | {"assignees": [person() for _ in range(10)], "body": "It does. " * 40},
        "repository": repository | {"topics": ["events", "log"], "license": None},
        "sender": person(),
    }
