"""Signs requests to the API, and to Dashboards, as AWS's own clients do; needs botocore.

Invariant: what is sent is what was signed; the query is sent in its canonical encoding, about which
no server can be of two minds.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from collections.abc import Generator
from urllib.parse import parse_qsl, quote, urlencode

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SERVICE = "execute-api"
_SIGNED = ("content-type",)  # besides those that Signature Version 4 signs itself


class SignedRequests(httpx.Auth):
    """Signature Version 4 for one service, by default API Gateway, in one region.

    The body's hash is a header of its own, which OpenSearch Serverless asks for.
    """

    requires_request_body = True

    def __init__(self, credentials: Credentials, *, region: str, service: str = SERVICE) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign one request with the credentials of this moment: those of a role are renewed."""
        query = canonical_query(request.url.query.decode())
        request.url = request.url.copy_with(query=query.encode() or None)
        signed = AWSRequest(
            method=request.method,
            url=str(request.url),
            headers={name: request.headers[name] for name in _SIGNED if name in request.headers},
            data=request.content,
        )
        credentials = self._credentials.get_frozen_credentials()
        auth = SigV4Auth(credentials, self._service, self._region)
        if self._service != SERVICE:
            signed.headers["X-Amz-Content-SHA256"] = auth.payload(signed)
        auth.add_auth(signed)
        request.headers.update(dict(signed.headers.items()))
        yield request


def canonical_query(query: str) -> str:
    """A query string with every character percent-encoded that RFC 3986 does not leave alone."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return urlencode(pairs, quote_via=quote, safe="-_.~")
