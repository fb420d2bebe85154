"""Powertools with all that its guides show of an API: routes, validation, logs, metrics, traces.

It overwrites an event of the same id.
"""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel, Field

logger = Logger(service="events")
tracer = Tracer(service="events")
metrics = Metrics(namespace="events", service="events")
app = APIGatewayRestResolver(enable_validation=True)
table = boto3.resource("dynamodb").Table(os.environ["EVENTS_TABLE"])


class Event(BaseModel):
    id: str = Field(min_length=1, max_length=256)
    type: str = Field(min_length=1, max_length=256)
    payload: dict[str, Any]


@app.post("/events")
@tracer.capture_method
def create(event: Event) -> Response[Event]:
    text = json.dumps(event.payload)
    table.put_item(Item={"id": event.id, "type": event.type, "payload": text})
    metrics.add_metric(name="Created", unit=MetricUnit.Count, value=1)
    logger.info("event created", event_id=event.id)
    return Response(201, content_type="application/json", body=event)


@app.get("/events/<id>")
@tracer.capture_method
def read(id: str) -> Event:
    found = table.get_item(Key={"id": id}).get("Item")
    if found is None:
        raise NotFoundError("there is no such event")
    return Event(id=found["id"], type=found["type"], payload=json.loads(found["payload"]))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@tracer.capture_lambda_handler
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event, context):
    return app.resolve(event, context)
