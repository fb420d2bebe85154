"""What a million events take, for this design and for two others."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.cost import units
from infra.cost.prices import PRICES
from infra.settings import Settings

MILLION = 1_000_000
GB = 1024**3
_FIREHOSE_BYTES = 5 * 1024
_KINESIS_BYTES = 1024

_LOGS = "CloudWatch logs, ingested"


@dataclass(frozen=True)
class Line:
    """So much of what has a price; `what` says of what part."""

    what: str
    price: str
    amount: float

    @property
    def dollars(self) -> float:
        return self.amount * PRICES[self.price].dollars


def total(lines: Sequence[Line]) -> float:
    """Dollars of all lines."""
    return sum(line.dollars for line in lines)


def written(
    settings: Settings, *, per_request: int, rate: float, firewall: bool = False
) -> list[Line]:
    """A million events written and projected, at `rate` events a second."""
    requests = MILLION / per_request
    batches = MILLION / _batch(settings, rate)
    write_seconds = units.WRITE_MILLISECONDS[per_request] / 1000
    return [
        *_edge(requests, units.ANSWER_BYTES[per_request]),
        *([Line("the API", "WAF requests", requests / MILLION)] if firewall else ()),
        *_lambda("write", requests, write_seconds, settings.write.memory_mb),
        Line("the log", "DynamoDB writes", units.LOG_WRITE_UNITS),
        *_lambda(
            "by-type projector",
            batches,
            units.PROJECT_MILLISECONDS / 1000,
            settings.by_type_projector.memory_mb,
        ),
        Line("the by-type table", "DynamoDB writes", units.ROW_WRITE_UNITS),
        *_logged(requests, requests + batches),
    ]


def kept(settings: Settings) -> list[Line]:
    """A million events stored for a month."""
    log = _stored(units.LOG_ITEM_BYTES)
    recovery = log if settings.protect_data else 0
    return [
        Line("the log", "DynamoDB storage", log),
        Line("the by-type table", "DynamoDB storage", _stored(units.ROW_BYTES)),
        Line("the log", "DynamoDB point-in-time recovery", recovery),
    ]


def read(settings: Settings, *, read_units: float, events: int) -> list[Line]:
    """A million calls that each give back so many events, at `read_units` a call."""
    seconds = units.READ_MILLISECONDS / 1000
    return [
        *_edge(MILLION, events * units.ANSWER_BYTES[1]),
        *_lambda("read", MILLION, seconds, settings.read.memory_mb),
        Line("the tables", "DynamoDB reads", read_units),
        *_logged(MILLION, MILLION),
    ]


def replaced(settings: Settings) -> list[Line]:
    """The design before this one: FastAPI behind Mangum, a put of a nested map, an index by type.

    Its function is given the memory and the time of ours.
    """
    seconds = units.WRITE_MILLISECONDS[1] / 1000
    return [
        *_edge(MILLION, units.ANSWER_BYTES[1]),
        *_lambda("the application", MILLION, seconds, settings.write.memory_mb),
        Line("the table and its index", "DynamoDB writes", units.REPLACED_WRITE_UNITS),
        Line("the application", _LOGS, MILLION * units.LAMBDA_LOG_BYTES / GB),
    ]


def replaced_kept() -> list[Line]:
    """A million of its events for a month: the index holds each a second time."""
    return [
        Line("the table and its index", "DynamoDB storage", 2 * _stored(units.REPLACED_ITEM_BYTES))
    ]


def streamed(per_request: int) -> list[Line]:
    """The same API in front of Kinesis Data Streams, and Firehose from there to S3.

    Kinesis counts each record up to a full KB, Firehose up to 5 KB.
    """
    taken = MILLION * _KINESIS_BYTES / GB
    return [
        *_edge(MILLION / per_request, units.ANSWER_BYTES[per_request]),
        Line("the stream", "Kinesis data in", taken),
        Line("Firehose's reading", "Kinesis data out", taken),
        Line("to S3", "Firehose data in", MILLION * _FIREHOSE_BYTES / GB),
    ]


def streamed_kept() -> list[Line]:
    """A million of its events in S3 for a month."""
    return [Line("the bucket", "S3 storage", MILLION * units.BODY_BYTES / GB)]


def _batch(settings: Settings, rate: float) -> float:
    """Events of one invocation of the projector, on one of the stream's shards."""
    filled = rate * settings.by_type_stream.window_seconds / units.STREAM_SHARDS
    return min(max(1.0, filled), settings.by_type_stream.batch_size)


def _edge(requests: float, answer_bytes: int) -> list[Line]:
    return [
        Line("the API", "REST API requests", requests / MILLION),
        Line("answers", "Data out to the internet", requests * answer_bytes / GB),
    ]


def _lambda(what: str, invocations: float, seconds: float, memory_mb: int) -> list[Line]:
    return [
        Line(what, "Lambda requests", invocations / MILLION),
        Line(what, "Lambda time, arm64", invocations * seconds * memory_mb / 1024),
    ]


def _logged(requests: float, invocations: float) -> list[Line]:
    return [
        Line("the API", _LOGS, requests * units.ACCESS_LOG_BYTES / GB),
        Line("the functions", _LOGS, invocations * units.LOG_BYTES / GB),
    ]


def _stored(item_bytes: int) -> float:
    return MILLION * (item_bytes + units.INDEXING_BYTES) / GB
