"""How the functions reach OpenSearch: one request at a time, signed where AWS wants it.

Invariant: an answer's status is the caller's to judge; an error means that there was no answer.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.httpsession import get_cert_path
from botocore.session import get_session
from opensearchpy.connection.http_urllib3 import Urllib3HttpConnection
from opensearchpy.exceptions import ConnectionError as NoAnswerError
from urllib3 import Timeout

from domain.errors import EventLogError

Service = Literal["es", "aoss"]
"""What a request is signed for: OpenSearch Service or OpenSearch Serverless."""

_TIMEOUT = Timeout(connect=2, read=10)
_CONNECTIONS = 8
_ANY_STATUS = range(100, 600)
_LISTS = "application/x-ndjson"


class OpenSearchUnavailableError(EventLogError):
    """OpenSearch was not reached or did not answer in time; trying again may help."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"OpenSearch does not answer ({reason})")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body's JSON value.

        Raises:
            ValueError: it is none, as a proxy's answer may be.
        """
        return json.loads(self.body)


class OpenSearch(Protocol):
    """What is used of OpenSearch."""

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        """Send one request once; `path` begins with a slash and may have a query.

        `body` is JSON; for the paths that end with `_bulk`, it is one value a line. `timeout` is in
        seconds.

        Raises:
            OpenSearchUnavailableError: there is no answer.
        """
        ...


def connect(
    endpoint: str,
    *,
    service: Service | None,
    region: str | None = None,
    credentials: Credentials | None = None,
) -> OpenSearch:
    """The OpenSearch at a URL, or at a bare host name, which means HTTPS.

    With `service`, requests are signed for `region`, or for the environment's own, with those
    credentials, or with the environment's own.

    Raises:
        ValueError: the endpoint is no URL.
        NoCredentialsError: the environment has none.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
    """
    url = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    if not url.hostname:
        raise ValueError(f"{endpoint!r} is no URL of OpenSearch")
    secure = url.scheme == "https"
    # A fault raises, and its reason is logged by whom it concerns.
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)
    return _Connected(
        Urllib3HttpConnection(
            host=url.hostname,
            port=url.port or (443 if secure else 80),
            use_ssl=secure,
            url_prefix=url.path.strip("/"),
            ca_certs=get_cert_path(verify=True) if secure else None,
            timeout=_TIMEOUT,
            pool_maxsize=_CONNECTIONS,
            http_auth=_signer(service, region, credentials) if service else None,
        )
    )


class _Connected:
    def __init__(self, connection: Urllib3HttpConnection) -> None:
        self._connection = connection

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, timeout: float | None = None
    ) -> Answer:
        place, _, query = path.partition("?")
        # As it is signed, so it must be sent; the signer leaves a query as it is.
        encoded = f"{place}?{quote(query, safe='&=%')}" if query else place
        try:
            status, _, text = self._connection.perform_request(
                method,
                encoded,
                body=body,
                timeout=timeout,
                ignore=_ANY_STATUS,
                headers={"content-type": _LISTS} if place.endswith("_bulk") else None,
            )
        except NoAnswerError as error:
            if isinstance(error.info, (BotoCoreError, ClientError)):  # nothing to sign with
                raise error.info from error
            raise OpenSearchUnavailableError(str(error.error)) from error
        return Answer(status, text.encode("utf-8", "surrogatepass"))


def _signer(
    service: Service, region: str | None, credentials: Credentials | None
) -> Callable[[str, str, bytes | None], Any]:
    """Gives a request's headers of Signature Version 4, its body's hash among them."""
    session = get_session()
    signing = credentials or session.get_credentials()
    if signing is None:
        raise NoCredentialsError
    region = region or session.get_config_variable("region")

    def sign(method: str, url: str, body: bytes | None) -> dict[str, str]:
        request = AWSRequest(method=method, url=url, data=body)
        auth = SigV4Auth(signing.get_frozen_credentials(), service, region)
        request.headers["X-Amz-Content-SHA256"] = auth.payload(request)
        auth.add_auth(request)
        return dict(request.headers.items())

    return sign
