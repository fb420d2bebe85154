"""Checks every request of a function to OpenSearch against its role, as the service does.

Invariant: what is not signed for the service, or not granted, is answered with 403 and never sent.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
"""

import json
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPResponse

from infra.local.iam_actions import Access
from infra.local.iam_guard import Guard

_SIGNED_FOR = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/,]+/\d{8}/[^/,]+/(\w+)/aws4_request,")
_SERVERLESS = "aoss"


def watch_requests(guard: Guard, *, arns: Mapping[str, str]) -> None:
    """Check what this process sends to OpenSearch; `arns` has its ARN by its address.

    Its client signs by itself and hides an error raised while it does: so the way that a request
    takes to the wire is watched, and the refusal is an answer, as on AWS.
    """
    send = HTTPConnectionPool.urlopen

    def urlopen(
        self: HTTPConnectionPool, method: str, url: str, *rest: Any, **options: Any
    ) -> HTTPResponse:
        if arn := arns.get(f"{self.scheme}://{self.host}:{self.port}"):
            signature = (options.get("headers") or {}).get("Authorization", "")
            needed = search_access(method, url, signature=signature, arn=arn)
            if not guard.allows(needed):
                return _forbidden(guard.denial(needed))
        return send(self, method, url, *rest, **options)  # type: ignore[return-value]

    HTTPConnectionPool.urlopen = urlopen  # type: ignore[method-assign]  # as no event tells of it


def search_access(method: str, url: str, *, signature: str, arn: str) -> Access:
    """What a request needs: of a domain its method on its path, of a collection all or nothing.

    The action is one of the service that it is signed for, and of none where it is not signed.
    """
    signed = _SIGNED_FOR.match(signature)
    service = signed[1] if signed else ""
    if service == _SERVERLESS:
        return Access("aoss:APIAccessAll", arn)
    return Access(f"{service}:ESHttp{method.capitalize()}", f"{arn}{urlsplit(url).path}")


def _forbidden(message: str) -> HTTPResponse:
    return HTTPResponse(
        BytesIO(json.dumps({"Message": message}).encode()),
        status=403,
        headers={"Content-Type": "application/json"},
    )
