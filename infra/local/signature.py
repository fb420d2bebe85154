"""Checks requests that are signed with AWS Signature Version 4, as API Gateway does.

Invariant: a request passes only if a known key signed exactly its method, path, query, host and
body, for this API's region, within five minutes of now.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from api.client.signing import SERVICE, canonical_query
from infra.local.authorization import RefusedError
from infra.local.gateway_answers import MISSING_AUTHENTICATION_TOKEN, GatewayError
from infra.local.proxy_event import HttpRequest

MAX_SKEW = timedelta(minutes=5)
_TIME = "%Y%m%dT%H%M%SZ"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<scope>[^,\s]+),\s*"
    r"SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]{64})\s*"
)
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS"
    " Secret Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True)
class _Signature:
    """What a request says of its own signature."""

    key: str
    scope: str
    headers: tuple[str, ...]
    value: str


class _Verifier(SigV4Auth):
    """Signs the headers that the client has signed, no others."""

    def headers_to_sign(self, request: AWSRequest) -> Any:
        """All that the request was given."""
        return request.headers


def verified_key(
    request: HttpRequest, *, secrets: Mapping[str, str], region: str, now: datetime
) -> str:
    """The id of the key, one of `secrets` (secrets by id), that has signed the request.

    Raises:
        RefusedError: none has, or not this request, here and now.
    """
    given = _given(request)
    if given.key not in secrets:
        message = "The security token included in the request is invalid."
        raise RefusedError(GatewayError("INVALID_SIGNATURE", 403, message, "UnrecognizedClient"))
    stamp = _fresh(request, now)
    if given.scope != f"{stamp[:8]}/{region}/{SERVICE}/aws4_request":
        raise _invalid(f"Credential should be scoped to a valid region, and to {SERVICE}.")
    missing = {name for name, _ in request.headers if name.startswith("x-amz-")} | {"host"}
    if missing := missing - set(given.headers):
        raise _invalid(f"These headers must be signed: {', '.join(sorted(missing))}.")
    signer = _Verifier(Credentials(given.key, secrets[given.key]), SERVICE, region)
    expected = _signature(signer, request, given.headers, stamp)
    digest = hashlib.sha256(request.body).hexdigest()
    declared = dict(request.headers).get("x-amz-content-sha256", digest)
    if not hmac.compare_digest(expected, given.value) or declared != digest:
        raise _invalid(_MISMATCH)
    return given.key


def _given(request: HttpRequest) -> _Signature:
    text = dict(request.headers).get("authorization")
    if text is None:
        raise RefusedError(MISSING_AUTHENTICATION_TOKEN)
    match = _AUTHORIZATION.fullmatch(text)
    if match is None:
        message = "The Authorization header is no complete AWS Signature Version 4."
        raise RefusedError(GatewayError("INVALID_SIGNATURE", 403, message, "IncompleteSignature"))
    return _Signature(
        match["key"], match["scope"], tuple(match["headers"].split(";")), match["signature"]
    )


def _fresh(request: HttpRequest, now: datetime) -> str:
    """The time that was signed, which may be off by MAX_SKEW."""
    stamp = dict(request.headers).get("x-amz-date", "")
    try:
        signed_at = datetime.strptime(stamp, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise _invalid("X-Amz-Date must be an ISO 8601 basic time.") from error
    if abs(now - signed_at) > MAX_SKEW:
        state = "expired" if signed_at < now else "not yet current"
        raise _invalid(f"Signature {state}: {stamp} is more than 5 min. from {now:{_TIME}}")
    return stamp


def _signature(
    signer: _Verifier, request: HttpRequest, headers: tuple[str, ...], stamp: str
) -> str:
    url = f"http://api{request.path}?{canonical_query(request.query)}"
    again = AWSRequest(method=request.method, url=url, data=request.body)
    for name, value in request.headers:
        if name in headers:
            again.headers[name] = value
    again.context["timestamp"] = stamp
    to_sign = signer.string_to_sign(again, signer.canonical_request(again))
    return str(signer.signature(to_sign, again))


def _invalid(message: str) -> RefusedError:
    return RefusedError(GatewayError("INVALID_SIGNATURE", 403, message, "InvalidSignature"))
