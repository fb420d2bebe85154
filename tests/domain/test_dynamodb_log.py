"""What the DynamoDB log does when the store falters, by injected answers of a botocore client."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber

from domain.dynamodb_log import DynamoDBLog
from domain.errors import LogUnavailableError
from domain.item import item_of
from domain.log import Appended
from tests.builders import an_event
from tests.tables import Tables


@pytest.fixture
def stubbed() -> Iterator[tuple[DynamoDBLog, Stubber]]:
    client = boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106  # a stub checks none
    )
    with Stubber(client) as stubber:
        yield DynamoDBLog(client, table="events", sleep=lambda _: None), stubber
        stubber.assert_no_pending_responses()
    client.close()


def answered(*, retries: int = 0) -> dict[str, Any]:
    return {"ResponseMetadata": {"RetryAttempts": retries, "HTTPStatusCode": 200}}


def failing(*codes: str | None) -> dict[str, Any]:
    """A BatchExecuteStatement answer: per statement an error code, or None for success."""
    responses = [{} if code is None else {"Error": {"Code": code}} for code in codes]
    return answered() | {"Responses": responses}


def test_a_miss_is_read_again_consistently(stubbed: tuple[DynamoDBLog, Stubber]) -> None:
    log, stubber = stubbed
    event = an_event("a").recorded(at="2026-11-23T10:00:00.000000Z")
    key = {"TableName": "events", "Key": {"id": {"S": "a"}}}
    stubber.add_response("get_item", answered(), key | {"ConsistentRead": False})
    found = answered() | {"Item": item_of(event)}
    stubber.add_response("get_item", found, key | {"ConsistentRead": True})
    assert log.get("a") == event


def test_a_hit_is_read_once(stubbed: tuple[DynamoDBLog, Stubber]) -> None:
    log, stubber = stubbed
    event = an_event("a").recorded(at="2026-11-23T10:00:00.000000Z")
    stubber.add_response("get_item", answered() | {"Item": item_of(event)})
    assert log.get("a") == event


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_passing_fault_is_said_to_be_one(stubbed: tuple[DynamoDBLog, Stubber], code: str) -> None:
    log, stubber = stubbed
    stubber.add_client_error("execute_statement", code)
    with pytest.raises(LogUnavailableError, match=code):
        log.append(an_event())


def test_any_other_fault_propagates(stubbed: tuple[DynamoDBLog, Stubber]) -> None:
    log, stubber = stubbed
    stubber.add_client_error("execute_statement", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        log.append(an_event())
    stubber.add_response("batch_execute_statement", failing("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        log.append_many([an_event()])


def test_only_the_statements_that_failed_are_tried_again(
    stubbed: tuple[DynamoDBLog, Stubber],
) -> None:
    log, stubber = stubbed
    stubber.add_response("batch_execute_statement", failing(None, "ThrottlingError", None))
    stubber.add_response("batch_execute_statement", failing("InternalServerError"))
    stubber.add_response("batch_execute_statement", failing(None))
    outcomes = log.append_many([an_event("a"), an_event("b"), an_event("c")])
    assert [isinstance(o, Appended) and o.created for o in outcomes] == [True, True, True]


def test_a_statement_that_keeps_failing_is_given_back_as_unavailable(
    stubbed: tuple[DynamoDBLog, Stubber],
) -> None:
    log, stubber = stubbed
    stubber.add_response("batch_execute_statement", failing("ThrottlingError", None))
    for _ in range(4):
        stubber.add_response("batch_execute_statement", failing("ThrottlingError"))
    failed, created = log.append_many([an_event("a"), an_event("b")])
    assert isinstance(failed, LogUnavailableError)
    assert isinstance(created, Appended)


class LosingAnswers:
    """A client whose first try of every insert is stored, and its answer lost."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def execute_statement(self, **statement: Any) -> Any:
        """As botocore retries: the first try is stored and times out, the second finds it."""
        self._client.execute_statement(**statement)
        try:
            return self._client.execute_statement(**statement)
        except ClientError as error:
            error.response["ResponseMetadata"]["RetryAttempts"] = 1
            raise


def test_an_append_whose_first_answer_was_lost_is_still_the_one_that_created(
    tables: Tables,
) -> None:
    log = DynamoDBLog(LosingAnswers(tables.client), table=tables.events)  # type: ignore[arg-type]
    assert log.append(an_event("a")).created
    assert not log.append(an_event("a")).created


def test_a_store_out_of_reach_is_unavailable(tables: Tables) -> None:
    class OutOfReach:
        def batch_execute_statement(self, **_: Any) -> Any:
            raise ReadTimeoutError(endpoint_url="http://dynamodb.test")

    log = DynamoDBLog(OutOfReach(), table=tables.events)  # type: ignore[arg-type]
    outcomes = log.append_many([an_event(str(n)) for n in range(30)])
    assert [type(outcome) for outcome in outcomes] == [LogUnavailableError] * 30
