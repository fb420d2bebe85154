"""A fault is what it says: what did not happen is not in the table, what happened is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from projections.by_type_rows import row_of
from tests.builders import an_event
from tests.soak.injector import Injector
from tests.soak.journal import CALL, TAKEN, Journal
from tests.soak.rules import CURSED, POISON, Rules, RulesFile, Shot
from tests.tables import Tables

AT = "2026-11-23T10:00:00.000000Z"


class Broken:
    """A client whose calls the rules make fail, as those of a worker's clients."""

    def __init__(self, folder: Path, tables: Tables, endpoint: str) -> None:
        self.rules, self.journal = RulesFile(folder), Journal(folder)
        self.rules.write(Rules())
        self.tables = tables
        self.client: Any = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="eu-central-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # the local engine takes any
            config=Config(retries={"total_max_attempts": 1}),
        )
        injector = Injector(self.rules, self.journal, function="by-type")
        injector.watch(self.client.meta.events)

    def fail(self, kind: str) -> None:
        """Let the next call that it fits fail so."""
        self.rules.write(Rules(shots=(Shot(kind, "by-type", kind),)))

    def put(self, *ids: str) -> Any:
        """BatchWriteItem of rows."""
        rows = [row_of(an_event(id).recorded(at=AT), shards=1) for id in ids]
        puts = [{"PutRequest": {"Item": row}} for row in rows]
        return self.client.batch_write_item(RequestItems={self.tables.events_by_type: puts})

    def insert(self, *ids: str) -> Any:
        """BatchExecuteStatement of INSERTs."""
        insert = f"INSERT INTO \"{self.tables.events}\" VALUE {{'id':?}}"
        statements = [{"Statement": insert, "Parameters": [{"S": id}]} for id in ids]
        return self.client.batch_execute_statement(Statements=statements)

    def rows(self) -> list[str]:
        """The ids in the by-type table, in order."""
        items = self.tables.client.scan(TableName=self.tables.events_by_type)["Items"]
        return sorted(str(item["sk"]["S"]).rpartition("#")[2] for item in items)

    def events(self) -> list[str]:
        """The ids in the log table, in order."""
        items = self.tables.client.scan(TableName=self.tables.events)["Items"]
        return sorted(str(item["id"]["S"]) for item in items)

    def kinds(self) -> list[tuple[str, tuple[str, ...]]]:
        """The journal's faults and calls: kinds and ids."""
        return [(one.kind, one.ids) for one in self.journal.read() if one.kind != TAKEN]

    def taken(self) -> list[str]:
        """The ids that the journal says the table took, in order."""
        return sorted(id for one in self.journal.read() if one.kind == TAKEN for id in one.ids)


@pytest.fixture
def broken(tmp_path: Path, tables: Tables, dynamodb_local: str) -> Iterator[Broken]:
    broken = Broken(tmp_path, tables, dynamodb_local)
    yield broken
    broken.client.close()
    broken.journal.close()


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttled", "ProvisionedThroughputExceededException", 400),
        ("rate-exceeded", "ThrottlingException", 400),
        ("server-error", "InternalServerError", 500),
        ("unavailable", "ServiceUnavailable", 503),
        ("access-denied", "AccessDeniedException", 400),
        ("refused-for-good", "ValidationException", 400),
    ],
)
def test_an_error_code_is_the_services_own_and_nothing_is_written(
    broken: Broken, kind: str, code: str, status: int
) -> None:
    broken.fail(kind)
    with pytest.raises(ClientError) as caught:
        broken.put("a", "b")
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert (broken.rows(), broken.kinds()) == ([], [(kind, ("a", "b"))])
    broken.put("a", "b")
    assert broken.rows() == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("connection-refused", EndpointConnectionError),
        ("connect-timeout", ConnectTimeoutError),
    ],
)
def test_without_a_connection_nothing_is_written(
    broken: Broken, kind: str, error: type[Exception]
) -> None:
    broken.fail(kind)
    with pytest.raises(error):
        broken.put("a")
    assert broken.rows() == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [("answer-lost", ReadTimeoutError), ("connection-cut", ConnectionClosedError)],
)
def test_when_the_answer_is_lost_the_write_took_place(
    broken: Broken, kind: str, error: type[Exception]
) -> None:
    broken.fail(kind)
    with pytest.raises(error):
        broken.put("a")
    assert broken.rows() == ["a"]


def test_what_is_unprocessed_is_not_written_and_the_rest_is(broken: Broken) -> None:
    broken.fail("partly-unprocessed")
    answer = broken.put("a", "b", "c")
    [left] = answer["UnprocessedItems"].values()
    assert len(left) == 2
    assert broken.rows() == broken.taken() == ["a"]
    broken.client.batch_write_item(RequestItems=answer["UnprocessedItems"])
    assert broken.rows() == broken.taken() == ["a", "b", "c"]


def test_throttled_statements_are_not_carried_out_and_the_others_are(broken: Broken) -> None:
    broken.fail("statements-throttled")
    responses = broken.insert("a", "b", "c")["Responses"]
    codes = [response.get("Error", {}).get("Code") for response in responses]
    assert codes == [None, "ThrottlingError", None]
    assert broken.events() == ["a", "c"]


def test_a_fault_waits_for_a_call_that_it_fits(broken: Broken) -> None:
    broken.fail("partly-unprocessed")
    broken.put("a")
    assert broken.kinds() == []
    assert broken.put("b", "c")["UnprocessedItems"]


def test_chosen_ids_are_refused_until_the_rules_say_otherwise(broken: Broken) -> None:
    broken.rules.write(Rules(refusing=True))
    for id, code in ((f"{POISON}1", "ValidationException"), (f"{CURSED}1", "AccessDenied")):
        with pytest.raises(ClientError, match=code):
            broken.put("a", id)
    broken.put("a")
    broken.rules.write(Rules())
    broken.put(f"{POISON}1", f"{CURSED}1")
    assert len(broken.rows()) == 3


def test_a_rate_is_met_within_few_calls(broken: Broken) -> None:
    rates = {"by-type": {"throttled": 0.05, "answer-lost": 0.05}, "write": {"throttled": 1.0}}
    broken.rules.write(Rules(rates, counting=True))
    failed = 0
    for number in range(100):
        try:
            broken.put(str(number))
        except (ClientError, ReadTimeoutError):
            failed += 1
    kinds = [kind for kind, _ in broken.kinds()]
    assert kinds.count(CALL) == 100
    assert 8 <= failed == kinds.count("throttled") + kinds.count("answer-lost") <= 12
