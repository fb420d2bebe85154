"""Bearer tokens (JWT) of one issuer for one audience.

Invariant: a claim is believed only after signature, algorithm, issuer, audience and time are found
right; which algorithms count is never the token's choice.
https://www.rfc-editor.org/rfc/rfc8725 (best current practices)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

_REQUIRED = ["exp", "iss", "aud", "sub"]


class UnauthorizedError(Exception):
    """The token is not one. Its text is what API Gateway answers 401 to."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class SigningKeys(Protocol):
    """Where the issuer's keys come from."""

    def key_of(self, token: str) -> jwt.PyJWK:
        """The key that a token names; raises PyJWTError where there is none."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    subject: str
    scopes: frozenset[str]


class Tokens:
    """Tells good tokens from others."""

    def __init__(
        self, *, issuer: str, audience: str, algorithms: Sequence[str], keys: SigningKeys
    ) -> None:
        self._issuer, self._audience = issuer, audience
        self._algorithms = list(algorithms)
        self._keys = keys

    def claims(self, token: str) -> Claims:
        """What a token says.

        Raises:
            UnauthorizedError: it is forged, expired, or not for this audience by this issuer.
            jwt.exceptions.PyJWKClientConnectionError: the issuer's keys are out of reach.
        """
        try:
            claims = jwt.decode(
                token,
                self._keys.key_of(token),
                algorithms=self._algorithms,
                issuer=self._issuer,
                audience=self._audience,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWTError as error:
            raise UnauthorizedError from error
        return Claims(claims["sub"], _scopes(claims))


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """`scope` as one text (RFC 9068), or `scp` as some issuers call it, a text or a list."""
    given = claims.get("scope") or claims.get("scp") or ""
    return frozenset(given.split() if isinstance(given, str) else map(str, given))
