"""The API that a command talks to: its address, and how the command's requests are authorized."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from botocore.session import get_session

from infra.local.principals import EVERYTHING, local_credentials
from infra.running_stack import RunningStack, running_stack
from infra.signing import SignedRequests

API_KEY_HEADER = "x-api-key"
_REGION = re.compile(r"\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")


class NotSignableError(Exception):
    """AWS credentials or a region are missing; the message says which and what to do."""


@dataclass(frozen=True)
class ApiTarget:
    """An address without a slash at its end, and what authorizes the requests, if anything does.

    `api_key` goes with them where the stage's producers have keys.
    """

    address: str
    auth: httpx.Auth | None = None
    api_key: str | None = field(default=None, repr=False)

    def client(self, *, timeout: float) -> httpx.Client:
        """A client of the API; `timeout` in seconds."""
        headers = {API_KEY_HEADER: self.api_key} if self.api_key else {}
        return httpx.Client(base_url=self.address, auth=self.auth, headers=headers, timeout=timeout)


def api_target(address: str | None, *, data: Path, sign: bool) -> ApiTarget:
    """The API at `address`, or that of the stack that runs on `data`.

    Raises:
        StackNotRunningError: no address is given, and no stack runs.
        NotSignableError: the requests are to be signed, and AWS's chain of credentials is empty.
    """
    if address is None:
        return local_target(running_stack(data))
    return ApiTarget(address, _own_signature(address) if sign else None)


def local_target(stack: RunningStack, *, user: str = EVERYTHING) -> ApiTarget:
    """A stack on this machine, called as its `user`: by default the one with all permissions.

    Where producers have keys, it is called with the first one's.
    """
    key = next(iter(stack.api_keys.values()), None)
    if stack.credentials is None:
        return ApiTarget(stack.api, api_key=key)
    credentials = local_credentials(Path(stack.credentials), user=user)
    return ApiTarget(stack.api, SignedRequests(credentials, region=stack.region), key)


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
