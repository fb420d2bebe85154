"""Where OpenSearch Dashboards is, and how the requests to it are authorized.

Invariant: what an error tells of an address has no password in it.
"""

import re
from dataclasses import dataclass, field

import httpx
from botocore.credentials import Credentials
from botocore.session import get_session

from api.client.signing import SignedRequests
from infra.api_target import NotSignableError
from infra.deployed_stage import LOCAL, DeployedStage
from infra.search_access import operator_credentials

LOCAL_ADDRESS = "http://127.0.0.1:5601"
"""Where infra/local/compose.yaml has it."""

_ON_AWS = (
    re.compile(r"\.(?P<region>[a-z0-9-]+)\.(?P<service>es|aoss)\.amazonaws\.com(\.cn)?$"),
    re.compile(
        r"\.(?P<service>aos)\.(?P<region>[a-z0-9-]+)\.on\.(aws|amazonwebservices\.com\.cn)$"
    ),
)


class NoDashboardsError(Exception):
    """The stage has no search, or the address is none; the message says which."""


@dataclass(frozen=True, slots=True)
class DashboardsTarget:
    """An address without a slash at its end, and what authorizes the requests, if anything does."""

    address: str
    auth: httpx.Auth | None = field(default=None, repr=False)

    def client(self, *, timeout: float) -> httpx.Client:
        """A client of Dashboards; `timeout` in seconds."""
        return httpx.Client(base_url=self.address, auth=self.auth, timeout=timeout)

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        return str(httpx.URL(self.address).copy_with(userinfo=b""))


def dashboards_target(address: str | None, *, stage: DeployedStage | None) -> DashboardsTarget:
    """Dashboards at `address`, or where the stage's own is.

    An address on AWS is signed for, unless it holds a user and a password: as the role of the
    stage's operators, or without a stage as the caller.
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/dashboards.html

    Raises:
        NoDashboardsError: the stage has no search, or the address is none.
        NotSignableError: the requests are to be signed, and AWS's chain of credentials is empty.
    """
    if address is None:
        address = LOCAL_ADDRESS if stage is None or stage.name == LOCAL else _of(stage)
    url = _url(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise NoDashboardsError("--dashboards is no address: one begins with https:// or http://")
    auth = None if url.userinfo else _signature(url.host, stage)
    return DashboardsTarget(address.rstrip("/"), auth)


def _url(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL as error:
        raise NoDashboardsError(f"--dashboards is no address: {error}") from error


def _of(stage: DeployedStage) -> str:
    address = stage.outputs.get("SearchDashboardsUrl")
    if not address:
        raise NoDashboardsError(
            f"the stage {stage.name} has no search: deploy it with search.engine"
        )
    return address


def _signature(host: str, stage: DeployedStage | None) -> SignedRequests | None:
    on_aws = next(filter(None, (known.search(host) for known in _ON_AWS)), None)
    if on_aws is None:
        return None
    service = "aoss" if on_aws["service"] == "aoss" else "es"
    return SignedRequests(_credentials(stage), region=on_aws["region"], service=service)


def _credentials(stage: DeployedStage | None) -> Credentials:
    own = get_session().get_credentials()
    if own is None:
        raise NotSignableError("there are no AWS credentials: set AWS_PROFILE or log in")
    if stage is None or stage.name == LOCAL:
        return own
    return operator_credentials(stage.outputs["SearchOperatorRoleArn"], stage.region)
