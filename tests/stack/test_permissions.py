"""Least privilege: what the roles of the template grant, against what the functions call."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from api.explorer_page import STAGE
from infra.distributed_run import DistributedRuns
from infra.explorer_sources import SOURCES
from infra.local.aws import LocalAws
from infra.local.buckets import create_buckets
from infra.local.iam_guard import Guard
from infra.local.object_store import object_store
from infra.local.template import load
from infra.settings import load as load_settings
from infra.synth import cached_synth
from projections.rebuild import Rebuilt
from tests.stack.local_stack import LocalStack, started

REGION = "eu-central-1"


def test_what_is_granted_is_what_is_used(data: Path) -> None:
    with started(data, "--stage", "prod") as stack:  # backups make a rebuild from one possible
        use_every_grant(stack)
    report = json.loads((data / "iam-report.json").read_text())
    assert report == {"refused": [], "unused": []}


def test_so_it_is_under_a_key_of_the_stages_own_and_with_a_page(data: Path) -> None:
    context = {"encryption": "customer-managed", "explorer": {}}
    options = [part for one in context.items() for part in ("--context", setting(*one))]
    leave_an_old_file_of_the_page(data, context)
    with started(data, "--stage", "prod", *options) as stack:
        see_the_page_published(stack)
        ask_as_the_page_does(stack)
        use_every_grant(stack)
    report = json.loads((data / "iam-report.json").read_text())
    assert report == {"refused": [], "unused": []}


def use_every_grant(stack: LocalStack) -> None:
    use_the_api(stack)
    let_the_projector_park(stack)
    rebuild_from_an_export(stack)
    let_lambda_give_up(stack)


def setting(name: str, value: Any) -> str:
    return f"{name}={value if isinstance(value, str) else json.dumps(value)}"


def leave_an_old_file_of_the_page(data: Path, context: Mapping[str, Any]) -> None:
    """As an earlier version of the page would, before the stack starts."""
    assembly = cached_synth(load_settings(stage="prod", context=context, environ={}))
    template = load(assembly, region=REGION, stack_id="arn:aws:cloudformation:stack/x/1")
    [page] = [one for one in template.buckets() if one.name.startswith("explorer")]
    with (
        object_store(journal=data / "s3" / "journal") as address,
        closing(LocalAws("", address, REGION).client("s3")) as s3,
    ):
        create_buckets(s3, [page])
        s3.put_object(Bucket=page.name, Key="old.js", Body=b"")


def see_the_page_published(stack: LocalStack) -> None:
    """In the bucket that CloudFront would read: the files alone, and where the API is."""
    with closing(stack.aws("s3")) as s3:
        names = {one["Name"] for one in s3.list_buckets()["Buckets"]}
        [bucket] = [name for name in names if name.startswith("explorer")]
        found = {one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]}
        assert found == {STAGE, *(file.name for file in SOURCES.iterdir())}
        told = json.loads(s3.get_object(Bucket=bucket, Key=STAGE)["Body"].read())
    assert (told["api"], told["stage"]) == (f"{stack.facts['outputs']['ApiUrl']}/", "prod")


def ask_as_the_page_does(stack: LocalStack) -> None:
    """From another origin: a browser asks first, without a signature, and reads refusals too."""
    page = {"Origin": stack.facts["outputs"]["ExplorerUrl"]}
    sent = "authorization,content-type,x-api-key,x-amz-content-sha256,x-amz-date"
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": sent}
    with httpx.Client(base_url=stack.facts["api"], headers=page) as browser:
        preflight = browser.options("/events", headers=asked)
        allowed = preflight.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert (preflight.status_code, set(sent.split(",")) - set(allowed)) == (204, set())
        answers = [preflight, browser.get("/types"), stack.client.get("/types", headers=page)]
    assert [answer.status_code for answer in answers] == [204, 403, 200]
    named = {answer.headers["Access-Control-Allow-Origin"] for answer in answers}
    assert named == {page["Origin"]}


def use_the_api(stack: LocalStack) -> None:
    """Every route, each with all that it can lead to."""
    event = {"id": "a", "type": "t", "payload": "x" * 2_000}
    statuses = [stack.post(event).status_code for _ in range(2)]
    assert statuses == [201, 200]
    batch = [event, {"id": "b", "type": "t", "payload": 1}]
    results = stack.post(batch).json()["results"]
    assert [result["status"] for result in results] == ["duplicate", "created"]
    assert stack.get("a").status_code == 200
    listed = stack.walk_until("t", count=2)
    assert {"x" * 2_000, 1} == {listed_event["payload"] for listed_event in listed}
    assert len(stack.client.get("/types").json()["types"]) == 1
    assert stack.client.get("/openapi.json").status_code == 200


def let_the_projector_park(stack: LocalStack) -> None:
    """An item of the log that is no event is parked at once."""
    stack.aws("dynamodb").put_item(TableName="EventsTable", Item={"id": {"S": "no event"}})
    assert stack.parked_until(count=1)[0].startswith("parked/by-type/")


def rebuild_from_an_export(stack: LocalStack) -> None:
    """The distributed rebuild, of which the item that is no event is parked once more."""
    machine = stack.facts["outputs"]["ByTypeRebuildArn"]
    runs = DistributedRuns(stack.aws("stepfunctions"), state_machine=machine)
    run = runs.start(workers=2, worker_rate=None)
    while runs.progress(run).running:
        time.sleep(0.1)
    assert runs.outcome(run, stack.aws("s3")) == Rebuilt(projected=2, unreadable=1)


def let_lambda_give_up(stack: LocalStack) -> None:
    """Without its table the projector fails as a whole, again and again."""
    stack.aws("dynamodb").delete_table(TableName="EventsByTypeTable")
    assert stack.post({"id": "z", "type": "t", "payload": 1}).status_code == 201
    folders = [key.partition("/")[0] for key in stack.parked_until(count=3)]
    assert folders == ["aws", "parked", "parked"]


@pytest.fixture(scope="module")
def write_client(dynamodb_local: str) -> Iterator[Any]:
    """A client that speaks for the write role of the synthesized template, and its table."""
    assembly = cached_synth(load_settings(stage="prod"))
    template = load(assembly, region=REGION, stack_id="arn:aws:cloudformation:stack")
    arn = f"arn:aws:dynamodb:{REGION}:000000000000:table/EventsTable"
    arns = {"Arn": arn, "StreamArn": f"{arn}/stream/x"}
    template = replace(template, table_arns={"EventsTable": arns, "EventsByTypeTable": arns})
    [write] = [one for one in template.functions() if one.handler == "api.write_handler.handler"]
    client = LocalAws(dynamodb_local, "", REGION).client("dynamodb")
    client.create_table(
        TableName="EventsTable",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    guard = Guard(write.role, session="x", arns={"EventsTable": arn}, record=lambda *_: None)
    guard.watch(client.meta.events)
    yield client
    client.close()


KEY = {"id": {"S": "a"}}
TABLE = {"TableName": "EventsTable"}
FORBIDDEN: dict[str, Callable[[Any], Any]] = {
    "PutItem": lambda c: c.put_item(**TABLE, Item=KEY),
    "UpdateItem": lambda c: c.update_item(**TABLE, Key=KEY),
    "DeleteItem": lambda c: c.delete_item(**TABLE, Key=KEY),
    "BatchWriteItem": lambda c: c.batch_write_item(
        RequestItems={"EventsTable": [{"DeleteRequest": {"Key": KEY}}]}
    ),
    "TransactWriteItems": lambda c: c.transact_write_items(
        TransactItems=[{"Put": {**TABLE, "Item": KEY}}]
    ),
    "PartiQLUpdate": lambda c: c.execute_statement(
        Statement="UPDATE \"EventsTable\" SET x = 1 WHERE id = 'a'"
    ),
    "PartiQLDelete": lambda c: c.execute_statement(
        Statement="DELETE FROM \"EventsTable\" WHERE id = 'a'"
    ),
    "Scan": lambda c: c.scan(**TABLE),
    "DeleteTable": lambda c: c.delete_table(**TABLE),
}


@pytest.mark.parametrize("action", FORBIDDEN)
def test_the_write_role_is_denied_every_write_but_insert(write_client: Any, action: str) -> None:
    with pytest.raises(ClientError) as caught:
        FORBIDDEN[action](write_client)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_write_role_inserts_and_never_overwrites(write_client: Any) -> None:
    insert = {"Statement": "INSERT INTO \"EventsTable\" VALUE {'id': 'a', 'n': 1}"}
    write_client.execute_statement(**insert)
    with pytest.raises(ClientError, match="Duplicate"):
        write_client.execute_statement(**insert)
    assert write_client.get_item(**TABLE, Key=KEY)["Item"]["n"] == {"N": "1"}
