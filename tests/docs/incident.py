"""What the transcripts of the runbook show: a row of the listing is gone, and an item that is no
event was written into the log around the API.

Invariant: afterwards the log has no such item, and nothing is parked.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.stack.local_stack import LocalStack

TYPE = "order.placed"


@contextmanager
def incident(stack: LocalStack) -> Iterator[None]:
    """While it lasts, `verify`, `parked` and `rebuild` have something to say."""
    outputs = stack.facts["outputs"]
    log, listing = outputs["EventsTableName"], outputs["EventsByTypeTableName"]
    for n in range(1, 4):
        stack.post({"id": f"order-{n}", "type": TYPE, "payload": {"total": n}}).raise_for_status()
    stack.walk_until(TYPE, count=3)
    key = {"id": {"S": "order-4"}}
    with closing(stack.aws("dynamodb")) as dynamodb, closing(stack.aws("s3")) as s3:
        for row in dynamodb.scan(TableName=listing)["Items"]:
            if row["sk"]["S"].endswith("#order-1"):
                dynamodb.delete_item(TableName=listing, Key={k: row[k] for k in ("pk", "sk")})
        dynamodb.put_item(TableName=log, Item=key | {"type": {"S": TYPE}})
        parked = stack.parked_until(count=1)
        yield
        dynamodb.delete_item(TableName=log, Key=key)
        for name in parked:
            s3.delete_object(Bucket=outputs["ParkingBucketName"], Key=name)
