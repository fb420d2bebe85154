"""CloudFormation's contract with a function that makes a custom resource.

Invariant: every request gets one answer, whatever is raised: without one, CloudFormation waits
until its time is up. A deletion is answered and, unless there is something to remove, does nothing:
what was set up goes with what it is in.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

_logger = logging.getLogger(__name__)

Request = dict[str, Any]
Put = Callable[[str, bytes], None]

_LONGEST_REASON = 1_000
"""An answer has 4,096 bytes at most."""


def _nothing() -> None:
    """Nothing is to be removed."""


class NotAnsweredError(Exception):
    """CloudFormation did not take an answer; `status` is S3's."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"CloudFormation's answer was not taken: {status}")


def put_answer(url: str, body: bytes) -> None:
    """Put an answer where CloudFormation looks for it; the URL is signed for no content type.

    Raises:
        NotAnsweredError: it was refused.
    """
    request = AWSRequest("PUT", url, headers={"content-type": ""}, data=body)
    status = URLLib3Session().send(request.prepare()).status_code
    if status >= 300:  # noqa: PLR2004
        raise NotAnsweredError(status)


def answered(
    request: Request,
    make: Callable[[], Any],
    *,
    remove: Callable[[], None] = _nothing,
    put: Put = put_answer,
) -> Any:
    """Make what is asked for, or remove it, and tell CloudFormation; gives back what `make` does.

    A request without an address to answer to is an operator's: its caller gets the result, or what
    `make` raises. What fails otherwise is logged and told: Lambda would run a request that raises
    again, when CloudFormation has gone on.

    Raises:
        NotAnsweredError: CloudFormation did not take the answer.
    """
    url = request.get("ResponseURL")
    if url is None:
        return make()
    made = None
    try:
        if request["RequestType"] == "Delete":
            remove()
        else:
            made = make()
    except Exception as error:
        _logger.exception("%s of a custom resource fails", request["RequestType"])
        put(url, _answer(request, status="FAILED", reason=f"{type(error).__name__}: {error}"))
        return None
    put(url, _answer(request, status="SUCCESS"))
    return made


def _answer(request: Request, *, status: str, reason: str = "") -> bytes:
    """The physical id stays the same, so that no update looks like a replacement."""
    answer = {
        "Status": status,
        "Reason": reason[:_LONGEST_REASON],
        "PhysicalResourceId": request.get("PhysicalResourceId") or request["LogicalResourceId"],
        "StackId": request["StackId"],
        "RequestId": request["RequestId"],
        "LogicalResourceId": request["LogicalResourceId"],
    }
    return json.dumps(answer).encode()
