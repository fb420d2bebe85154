"""The least anyone can do: one boto3 client, PutItem, GetItem and one Query. Nothing is checked.

It overwrites an event of the same id, reads without strong consistency, and has no log line.
"""

import json
import os

import boto3

TABLE = os.environ["EVENTS_TABLE"]
client = boto3.client("dynamodb")


def handler(request, _context):
    if request["httpMethod"] == "POST":
        event = json.loads(request["body"])
        put(event)
        return answer(201, event)
    if request["resource"] == "/events/{id}":
        return answer(200, get(request["pathParameters"]["id"]))
    return answer(200, listed(request["queryStringParameters"]["type"]))


def put(event):
    item = {name: {"S": event[name]} for name in ("id", "type")}
    client.put_item(TableName=TABLE, Item=item | {"payload": {"S": json.dumps(event["payload"])}})


def get(id):
    return event_of(client.get_item(TableName=TABLE, Key={"id": {"S": id}})["Item"])


def listed(type):
    found = client.query(
        TableName=TABLE,
        IndexName="by-type",
        KeyConditionExpression="#type = :pk",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues={":pk": {"S": type}},
        ScanIndexForward=False,
        Limit=50,
    )
    return [event_of(item) for item in found["Items"]]


def event_of(item):
    texts = {name: item[name]["S"] for name in ("id", "type")}
    return texts | {"payload": json.loads(item["payload"]["S"])}


def answer(status, body):
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
