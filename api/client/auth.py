"""What proves to the API who calls; for signatures see `signing`."""

from collections.abc import Generator

import httpx

API_KEY_HEADER = "x-api-key"


class BearerToken(httpx.Auth):
    """A token in every request. https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put it into one request."""
        request.headers["Authorization"] = self._header
        yield request
