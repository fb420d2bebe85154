"""The least a projector can do: each record's row put, one a call or 25 a call. Nothing is checked.

The records are taken as they are: one that is broken stops the stream, a refused row is lost.
"""

import base64
import os

import boto3

TABLE = os.environ["EVENTS_BY_TYPE_TABLE"]
client = boto3.client("dynamodb")


def put_each(batch, _context):
    for record in batch["Records"]:
        client.put_item(TableName=TABLE, Item=row_of(record["dynamodb"]["NewImage"]))
    return {"batchItemFailures": []}


def put_batches(batch, _context):
    puts = [
        {"PutRequest": {"Item": row_of(record["dynamodb"]["NewImage"])}}
        for record in batch["Records"]
    ]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={TABLE: puts[start : start + 25]})
    return {"batchItemFailures": []}


def row_of(image):
    row = {name: value for name, value in image.items() if name not in ("type", "recorded_at")}
    row["hash"] = {"B": base64.b64decode(image["hash"]["B"])}
    row["pk"] = image["type"]
    row["sk"] = {"S": f"{image['recorded_at']['S']}#{image['id']['S']}"}
    return row
