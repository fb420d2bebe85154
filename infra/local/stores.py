"""The engines that hold a stack's data on this machine, with its tables and buckets in them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infra.local.aws import LocalAws
from infra.local.buckets import create_buckets
from infra.local.engines import dynamodb_local
from infra.local.errors import LocalStackError
from infra.local.object_store import object_store
from infra.local.search_engine import RunningSearch, running_search
from infra.local.tables import create_tables
from infra.local.template import Template

Failure = Callable[[], LocalStackError | None]
"""Why a part runs no more; None while it does."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Engines:
    """Which engines are used: those at an endpoint, or own ones on a port; None is a free one."""

    dynamodb_port: int | None = None
    dynamodb_endpoint: str | None = None
    opensearch_port: int | None = None
    opensearch_endpoint: str | None = None


@dataclass(frozen=True)
class Stores:
    """The engines that run, and the template that knows what is in them."""

    aws: LocalAws
    template: Template
    failures: tuple[Failure, ...]

    def arns(self) -> dict[str, str]:
        """The ARN of each table by its name, and of the search engine by its address."""
        ids = self.template.table_arns
        arns = {one.name: ids[one.logical_id]["Arn"] for one in self.template.tables()}
        if (search := self.template.search_arn()) and self.template.search_address:
            arns[self.template.search_address] = search
        return arns


@contextmanager
def running_stores(
    template: Template, *, data: Path, engines: Engines, say: Say
) -> Iterator[Stores]:
    """The engines that a template needs; own ones keep what they have in the folder `data`.

    Raises:
        LocalStackError: one cannot be reached or started.
    """
    with ExitStack() as parts:
        failures: list[Failure] = []
        if template.search_arn():
            search = parts.enter_context(_search(data, engines, say))
            template = replace(template, search_address=search.address)
            failures += search.failures
        dynamodb, dynamodb_failures = parts.enter_context(_dynamodb(data, engines, say))
        failures += dynamodb_failures
        s3 = parts.enter_context(object_store(journal=data / "s3" / "journal"))
        aws = LocalAws(dynamodb, s3, template.region)
        yield Stores(aws, _filled(template, aws), tuple(failures))


def _search(data: Path, engines: Engines, say: Say) -> AbstractContextManager[RunningSearch]:
    port, endpoint = engines.opensearch_port, engines.opensearch_endpoint
    return running_search(data, port=port, endpoint=endpoint, say=say)


@contextmanager
def _dynamodb(data: Path, engines: Engines, say: Say) -> Iterator[tuple[str, tuple[Failure, ...]]]:
    """Its address, and what tells why it answers no more."""
    if engines.dynamodb_endpoint is not None:
        yield engines.dynamodb_endpoint, ()
        return
    say("Starting DynamoDB Local")
    with dynamodb_local(
        logs=data / "logs", data=data / "dynamodb", port=engines.dynamodb_port
    ) as engine:
        yield engine.endpoint, (engine.failure,)


def _filled(template: Template, aws: LocalAws) -> Template:
    """The template, once its buckets and tables are there."""
    with closing(aws.client("s3")) as client:
        create_buckets(client, template.buckets())
    with closing(aws.client("dynamodb")) as client:
        return replace(template, table_arns=create_tables(client, template.tables()))
