"""The public keys of one OpenID Connect issuer, found by discovery and kept for a while.

Invariant: keys come from where the issuer itself says, without a redirect; a flood of unknown key
ids fetches them no more often than one rotation would.
https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import json
import urllib.request
from functools import cached_property

from jwt import PyJWK, PyJWKClient

_TIMEOUT_SECONDS = 5
_KEPT_SECONDS = 600


class IssuerError(Exception):
    """What the issuer says of itself is not to be trusted."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses with HTTPError, an OSError: where it leads to, nobody has vouched for."""

    def redirect_request(self, *_redirect: object, **_more: object) -> None:
        return None


_NO_REDIRECT = urllib.request.build_opener(_NoRedirect)


class IssuerKeys:
    """Keys by the id that a token names. Nothing is fetched before the first token."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def key_of(self, token: str) -> PyJWK:
        """The key that a token says it was signed with.

        Raises:
            jwt.exceptions.PyJWKClientConnectionError: the keys cannot be fetched now.
            jwt.exceptions.PyJWTError: there is no such key, or this is no token.
            IssuerError: see there.
            OSError: the issuer is out of reach.
        """
        return self._client.get_signing_key_from_jwt(token)

    @cached_property
    def _client(self) -> PyJWKClient:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        with _NO_REDIRECT.open(url, timeout=_TIMEOUT_SECONDS) as answer:
            found = json.load(answer)
        keys = str(found["jwks_uri"])
        if found["issuer"] != self._issuer:
            raise IssuerError(f"{url} speaks of {found['issuer']}")
        if not keys.startswith(f"{self._issuer.partition('://')[0]}://"):
            raise IssuerError(f"{url} names keys by another scheme: {keys}")
        return PyJWKClient(keys, lifespan=_KEPT_SECONDS, timeout=_TIMEOUT_SECONDS)
