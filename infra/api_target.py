"""The API that a command talks to: its address, and how the command's requests are authorized."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from botocore.session import get_session

from api.client import BearerToken, EventLog
from api.client.auth import API_KEY_HEADER
from api.client.signing import SignedRequests
from infra.local.principals import EVERYTHING, local_credentials
from infra.running_stack import RunningStack, StackNotRunningError, running_stack

_TOKEN = re.compile(r"[-0-9A-Za-z._~+/]+=*")
_KEY = re.compile(r"[!-~]+")
_REGION = re.compile(r"\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")


class NotSignableError(Exception):
    """AWS credentials or a region are missing; the message says which and what to do."""


class BadCredentialError(Exception):
    """A token or a key cannot be sent; the message says why, and never what it is."""


NO_TARGET = (StackNotRunningError, NotSignableError, BadCredentialError)
"""Why there is no API to talk to."""


@dataclass(frozen=True)
class ApiTarget:
    """An address without a slash at its end, and what authorizes the requests, if anything does.

    `api_key` goes with them where the stage's producers have keys.
    """

    address: str
    auth: httpx.Auth | None = None
    api_key: str | None = field(default=None, repr=False)

    def log(self, *, sleep: Callable[[float], None] = time.sleep) -> EventLog:
        """The event log behind the API."""
        return EventLog(self.address, auth=self.auth, api_key=self.api_key, sleep=sleep)

    def client(self, *, timeout: float) -> httpx.Client:
        """A bare client of the API; `timeout` in seconds."""
        headers = {API_KEY_HEADER: self.api_key} if self.api_key else {}
        return httpx.Client(base_url=self.address, auth=self.auth, headers=headers, timeout=timeout)


def api_target(
    address: str | None, *, data: Path, sign: bool, token: str | None, api_key: str | None
) -> ApiTarget:
    """The API at `address`, or that of the stack that runs on `data`.

    Raises:
        StackNotRunningError: no address is given, and no stack runs.
        NotSignableError: the requests are to be signed, and AWS's chain of credentials is empty.
        BadCredentialError: a token or a key is malformed, would be sent in the clear, or there are
            a token and a signature.
    """
    target = local_target(running_stack(data)) if address is None else ApiTarget(address)
    if token and sign:
        raise BadCredentialError(
            "a request is signed or bears a token: leave out --sign or --token"
        )
    if (token or api_key) and not _is_private(target.address):
        raise BadCredentialError(f"{target.address} is not https: a token or a key would be seen")
    if token:
        target = replace(target, auth=BearerToken(_checked("token", token, _TOKEN)))
    elif sign and address is not None:
        target = replace(target, auth=_own_signature(address))
    return replace(target, api_key=_checked("key", api_key, _KEY)) if api_key else target


def local_target(stack: RunningStack, *, user: str = EVERYTHING) -> ApiTarget:
    """A stack on this machine, called as its `user`: by default the one with all permissions.

    Where producers have keys, it is called with the first one's.
    """
    key = next(iter(stack.api_keys.values()), None)
    if stack.credentials is None:
        return ApiTarget(stack.api, api_key=key)
    credentials = local_credentials(Path(stack.credentials), user=user)
    return ApiTarget(stack.api, SignedRequests(credentials, region=stack.region), key)


def _checked(what: str, value: str, expected: re.Pattern[str]) -> str:
    """The value, if a header can carry it: what a library says of a bad header shows it."""
    if not expected.fullmatch(value.strip()):
        raise BadCredentialError(f"the {what} has characters that no {what} has")
    return value.strip()


def _is_private(address: str) -> bool:
    url = httpx.URL(address)
    return url.scheme == "https" or url.host in {"127.0.0.1", "localhost", "::1"}


def _own_signature(address: str) -> SignedRequests:
    """https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html"""
    session = get_session()
    credentials = session.get_credentials()
    if credentials is None:
        raise NotSignableError("there are no AWS credentials: set AWS_PROFILE or log in")
    named = _REGION.search(httpx.URL(address).host)
    region = named[1] if named else session.get_config_variable("region")
    if region is None:
        raise NotSignableError(f"{address} names no region: set AWS_REGION")
    return SignedRequests(credentials, region=region)
