"""The design that this project replaces: FastAPI in Mangum, the payload a map in DynamoDB.

It overwrites an event of the same id, and keeps numbers as DynamoDB can.
"""

import os
from typing import Any

from dyntastic import DoesNotExist, Dyntastic
from fastapi import FastAPI, HTTPException
from mangum import Mangum

app = FastAPI(title="Events")


class Event(Dyntastic):
    __table_name__ = os.environ["EVENTS_TABLE"]
    __hash_key__ = "id"

    id: str
    type: str
    payload: dict[str, Any]


@app.post("/events", status_code=201)
def create(event: Event) -> Event:
    event.save()
    return event


@app.get("/events/{id}")
def read(id: str) -> Event:
    try:
        return Event.get(id)
    except DoesNotExist:
        raise HTTPException(404, "there is no such event") from None


handler = Mangum(app, lifespan="off")
