"""The stacks that requests are sent to: open to anyone, or with tokens, and with search or not."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.scopes import READ, SEARCH, WRITE
from tests.issuers import AUDIENCE, OTHER_RSA, Issuer, running_issuer
from tests.stack.local_stack import started

_NEVER = 2**32  # a token outlives the longest run
ANYONE: Mapping[str, Mapping[str, str]] = {"anyone": {}}


@dataclass(frozen=True)
class Target:
    """A running stack's address, and who sends requests: headers by name, the first may do all."""

    api: str
    callers: Mapping[str, Mapping[str, str]]


@contextmanager
def running(folder: Path, *, search: bool, tokens: bool) -> Iterator[Target]:
    """A stack on this machine; with `tokens`, its callers bear some of an issuer beside it."""
    options = ["--search"] if search else []
    with ExitStack() as running:
        callers = ANYONE
        if tokens:
            issuer = running.enter_context(running_issuer())
            given = {"authorizer": "jwt", "jwt.issuer": issuer.url, "jwt.audience": AUDIENCE}
            options += [part for pair in given.items() for part in ("--context", "=".join(pair))]
            callers = _callers(issuer)
        stack = running.enter_context(started(folder / "data", *options))
        yield Target(stack.facts["api"], callers)


def _callers(issuer: Issuer) -> Mapping[str, Mapping[str, str]]:
    """Whoever may do all, then who may do some, and who is nobody."""
    scopes = {"all": f"{WRITE} {READ} {SEARCH}", "a reader": READ, "a writer": WRITE}
    tokens = {name: issuer.token(scope=scope, exp=_NEVER) for name, scope in scopes.items()}
    tokens |= {"a forger": issuer.token(OTHER_RSA, scope=READ, exp=_NEVER)}
    bearing = {name: {"Authorization": f"Bearer {one}"} for name, one in tokens.items()}
    return {**bearing, "nobody": {}}
