"""The documents say what the code computes, from units that the real engine confirms."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from domain.dynamodb_log import DynamoDBLog
from domain.event import Event, NewEvent
from domain.item import item_bytes, item_of
from infra.bundling import ROOT
from infra.cost import sizes, units
from infra.cost.idle import BY_SIZE, FREE, PRICED, NoPriceError, idle
from infra.cost.lines import total, written
from infra.cost.markdown import MissingTableError, put_in
from infra.cost.prices import PRICES
from infra.cost.search import NoNodePriceError, searched
from infra.cost.sizes import CALLER
from infra.cost.tables import tables
from infra.settings import STAGES
from projections.by_type import ByTypeProjection
from projections.by_type_listing import ByTypeListing, Listing
from projections.by_type_queries import ByTypeQueries
from projections.by_type_rows import row_of
from tests.builders import an_event
from tests.infra.options import Choice
from tests.infra.template import Template
from tests.infra.variants import Variant, built
from tests.tables import Tables

TYPE = "order.placed"
ID = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
LINE = {"article": "4711", "name": "x" * 61, "amount": "3", "price": "129.95", "currency": "EUR"}


def payload() -> dict[str, Any]:
    """Some lines of an order, and text up to the 700 bytes."""
    given = {"id": ID, "type": TYPE, "payload": {"lines": [LINE] * 4, "note": ""}}
    missing = units.BODY_BYTES - len(json.dumps(given, separators=(",", ":")))
    return {"lines": [LINE] * 4, "note": "n" * missing}


def event(id: str = ID) -> NewEvent:
    return an_event(id, type=TYPE, payload_text=json.dumps(payload(), separators=(",", ":")))


def recorded(id: str = ID, *, at: str = "2026-11-24T10:00:00.000000Z") -> Event:
    return event(id).recorded(at=at, by=CALLER)


def test_the_documents_are_what_the_code_computes(template: Template) -> None:
    for name, computed in tables(STAGES["prod"], template.body).items():
        text = (ROOT / name).read_text()
        assert text == put_in(text, computed), "compute it anew: python -m infra.cost"


def test_a_document_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(MissingTableError, match="million"):
        put_in("<!-- million -->\n", {"million": "| one |\n"})


def test_an_event_of_the_assumed_size_takes_the_assumed_bytes() -> None:
    body = {"id": ID, "type": TYPE, "payload": payload()}
    assert len(json.dumps(body, separators=(",", ":"))) == units.BODY_BYTES
    assert item_bytes(item_of(recorded())) == units.LOG_ITEM_BYTES
    assert item_bytes(row_of(recorded(), shards=4)) == units.ROW_BYTES
    replaced = sum(len(name) + map_bytes(value) for name, value in body.items())
    assert replaced == units.REPLACED_ITEM_BYTES


def test_an_event_takes_the_assumed_units(tables: Tables) -> None:
    log = DynamoDBLog(tables.client, table=tables.events)
    projection = ByTypeProjection(tables.client, table=tables.events_by_type, shards=4)
    projection.project([recorded("another")])  # the type's entry is written once
    with consumed(tables, "BatchWriteItem") as writing:
        projection.project([recorded()])
    assert writing == [units.ROW_WRITE_UNITS]
    log.append(event(), recorded_by=CALLER)
    with consumed(tables, "GetItem") as reading:
        log.get(ID)
    assert reading == [units.READ_UNITS]
    # DynamoDB Local reports none for a PartiQL insert: a put of the same item takes as many.
    put = tables.client.put_item(
        TableName=tables.events, Item=item_of(recorded("put")), ReturnConsumedCapacity="TOTAL"
    )
    assert put["ConsumedCapacity"]["CapacityUnits"] == units.LOG_WRITE_UNITS


@pytest.mark.parametrize("size", sizes.PAYLOADS.values(), ids=sizes.PAYLOADS)
def test_the_rules_of_sizes_are_those_of_the_engine(tables: Tables, size: int) -> None:
    one, item = sizes.taken(size), item_of(sizes.event_of(size))
    put = tables.client.put_item(TableName=tables.events, Item=item, ReturnConsumedCapacity="TOTAL")
    assert put["ConsumedCapacity"]["CapacityUnits"] == one.log_writes
    projection = ByTypeProjection(tables.client, table=tables.events_by_type, shards=4)
    projection.project([sizes.event_of(size, id="another")])
    with consumed(tables, "BatchWriteItem") as writing:
        projection.project([sizes.event_of(size)])
    assert writing == [one.row_writes]
    with consumed(tables, "GetItem") as reading:
        DynamoDBLog(tables.client, table=tables.events).get(ID)
    assert reading == [one.reads]


def test_a_page_takes_the_assumed_units(tables: Tables) -> None:
    projection = ByTypeProjection(tables.client, table=tables.events_by_type, shards=4)
    projection.project(
        [recorded(f"{n:036}", at=f"2026-11-24T10:00:00.{n:06}Z") for n in range(200)]
    )
    queries = ByTypeQueries(tables.client, table=tables.events_by_type)
    listing = ByTypeListing(queries, shards=4, payloads=lambda _: {})
    with consumed(tables, "Query") as reading:
        page = listing.page(Listing(type=TYPE), after=None, limit=50, max_bytes=10**9)
    assert len(page.events) == 50
    assert sum(reading) == units.PAGE_READ_UNITS


def test_the_design_before_writes_each_event_twice(tables: Tables) -> None:
    name = f"{tables.events}-before"
    tables.client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "type", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-type",
                "KeySchema": [{"AttributeName": "type", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    put = tables.client.put_item(
        TableName=name,
        Item={"id": {"S": ID}, "type": {"S": TYPE}, "payload": attribute(payload())},
        ReturnConsumedCapacity="TOTAL",
    )
    tables.client.delete_table(TableName=name)
    assert put["ConsumedCapacity"]["CapacityUnits"] == units.REPLACED_WRITE_UNITS


def test_every_resource_of_every_stage_has_a_price(variants: Sequence[Variant]) -> None:
    types = {
        resource["Type"] for one in variants for resource in one.template.body["Resources"].values()
    }
    assert types <= PRICED.keys() | FREE | BY_SIZE
    assert not PRICED.keys() & FREE
    with pytest.raises(NoPriceError, match="AWS::EC2::NatGateway"):
        idle({"Resources": {"Nat": {"Type": "AWS::EC2::NatGateway"}}})


def test_search_costs_its_nodes_or_its_units() -> None:
    bills = {}
    for kind in ("domain of one's own", "serverless"):
        choice: Choice = {"stage": "prod", "search": kind}
        [template] = [one.template for one in built([choice])]
        lines = {line.price: line.dollars for line in idle(template.body) if "Search" in line.price}
        bills[kind] = round(sum(lines.values()))
    assert bills == {
        "domain of one's own": round(2 * 730 * 0.128 + 200 * 0.122),
        "serverless": round(2 * 730 * 0.24),
    }
    node = {"ClusterConfig": {"InstanceType": "x9.huge.search", "InstanceCount": 1}}
    domain = {"Properties": node | {"EBSOptions": {"VolumeSize": 10}}}
    with pytest.raises(NoNodePriceError, match=r"x9\.huge"):
        list(searched(domain | {"Type": "AWS::OpenSearchService::Domain"}))


def test_what_a_stage_adds_costs_its_price() -> None:
    parts: list[dict[str, Any]] = [{"MetricStat": {}}, {"MetricStat": {}}, {"Expression": "SUM"}]
    alarms = {
        "On": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
        "OnSum": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": parts}},
    }
    acl = {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{}, {}]}}
    assert total(idle({"Resources": alarms})) == pytest.approx(0.3)
    assert total(idle({"Resources": alarms | {"Acl": acl}})) == pytest.approx(7.3)


def test_batches_divide_what_requests_cost_and_nothing_else() -> None:
    one, many = (written(STAGES["prod"], per_request=n, rate=100) for n in (1, 25))
    by_price = {line.price: line.amount for line in one}, {line.price: line.amount for line in many}
    assert by_price[0]["REST API requests"] == 25 * by_price[1]["REST API requests"]
    assert by_price[0]["DynamoDB writes"] == by_price[1]["DynamoDB writes"]
    assert all(line.price in PRICES for line in one)


@contextmanager
def consumed(tables: Tables, operation: str) -> Iterator[list[float]]:
    """The units that the calls of an operation consume meanwhile, as the engine reports them."""
    found: list[float] = []

    def ask(params: dict[str, Any], **_: object) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "TOTAL"}

    def note(parsed: dict[str, Any], **_: object) -> None:
        each = parsed["ConsumedCapacity"]
        each = each if isinstance(each, list) else [each]
        found.extend(one["CapacityUnits"] for one in each)

    events = tables.client.meta.events
    asking, noting = (
        f"provide-client-params.dynamodb.{operation}",
        f"after-call.dynamodb.{operation}",
    )
    events.register(asking, ask)  # type: ignore[arg-type]  # its answer is taken
    events.register(noting, note)
    try:
        yield found
    finally:
        events.unregister(asking, ask)  # type: ignore[arg-type]
        events.unregister(noting, note)


def attribute(value: Any) -> Any:
    """A value as nested maps, lists and strings."""
    if isinstance(value, dict):
        return {"M": {name: attribute(item) for name, item in value.items()}}
    if isinstance(value, list):
        return {"L": [attribute(item) for item in value]}
    return {"S": value}


def map_bytes(value: Any) -> int:
    """Three bytes for a map or a list, one for each of its entries, and what they hold."""
    if isinstance(value, dict):
        return 3 + sum(1 + len(name) + map_bytes(item) for name, item in value.items())
    if isinstance(value, list):
        return 3 + sum(1 + map_bytes(item) for item in value)
    return len(value)
