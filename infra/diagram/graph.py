"""What is in a template and who calls what: nodes by their role, edges by what is granted.

Invariant: an edge from a function is a grant of its role, so the picture shows no right that is
not there, and hides none on what it shows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.diagram.references import Resources

Kind = Literal["people", "api", "function", "table", "bucket", "machine", "search", "alarm"]
_AUTHORIZED = {
    "AWS_IAM": "takes signed requests",
    "COGNITO_USER_POOLS": "takes a user pool's tokens",
    "CUSTOM": "takes an issuer's tokens",
    "NONE": "takes any request",
}
_SAID = {
    "PartiQLInsert": "INSERT",
    "ExportTableToPointInTime": "export",
    "InvokeFunction": "invoke",
    **{f"ESHttp{method}": method.upper() for method in ("Get", "Post", "Put")},
    "APIAccessAll": "requests",
}
# What serves another call that is shown, or tells no more than that something is there.
_UNSAID = re.compile(r"Describe|List|Abort|Acl$|StartExecution$|CreateLogStream|PutLogEvents")


@dataclass(frozen=True)
class Node:
    """Something that is drawn; `role` decides where."""

    id: str
    role: str
    kind: Kind
    title: str
    detail: str


@dataclass(frozen=True)
class Edge:
    """`source` calls `target`, or the stream of one feeds the other; both are ids of nodes."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Graph:
    """All that is drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(template: Mapping[str, Any]) -> Graph:
    """The graph of a template."""
    resources = Resources(template["Resources"])
    nodes = tuple(_nodes(resources))
    shown = {node.id for node in nodes}
    edges = [*_calls(resources), *_streams(resources), *_grants(resources), ("alarms", "topic", "")]
    return Graph(
        nodes, tuple(Edge(*edge) for edge in dict.fromkeys(edges) if {edge[0], edge[1]} <= shown)
    )


def _nodes(resources: Resources) -> Iterator[Node]:
    yield Node("producers", "producers", "people", "Producers", "append events")
    yield Node("readers", "readers", "people", "Readers", "by id, by type")
    yield Node("api", "api", "api", "API Gateway", ", ".join(_guards(resources)))
    for id, function in resources.of_type("Lambda::Function"):
        detail = f"Lambda, {function['MemorySize']} MB"
        yield Node(id, _function_role(id, resources), "function", _title(id, "Function"), detail)
    for id, table in resources.of_type("DynamoDB::Table"):
        role = "log" if "StreamSpecification" in table else "projection"
        yield Node(id, role, "table", _title(id, "Table"), "DynamoDB table")
    for id, _ in resources.of_type("S3::Bucket"):
        role = _bucket_role(id, resources)
        detail = "S3, behind CloudFront" if role == "page" else "S3 bucket"
        yield Node(id, role, "bucket", _title(id, "Bucket"), detail)
    for id, _ in resources.of_type("StepFunctions::StateMachine"):
        yield Node(id, "rebuild", "machine", _title(id, "StateMachine"), "Step Functions")
    for type, kind in _SEARCH.items():
        for id, _ in resources.of_type(type):
            yield Node(id, "search store", "search", "OpenSearch", kind)
    alarms = len(list(resources.of_type("CloudWatch::Alarm")))
    yield Node("alarms", "alarms", "alarm", f"{alarms} alarms", "CloudWatch")
    yield Node("topic", "topic", "alarm", "Operators", "SNS topic")


_SEARCH = {
    "OpenSearchService::Domain": "domain",
    "OpenSearchServerless::Collection": "Serverless collection",
}


def _guards(resources: Resources) -> Iterator[str]:
    """How the API knows its callers, and what stands before it."""
    types = {
        method["AuthorizationType"]
        for _, method in resources.of_type("ApiGateway::Method")
        if method["HttpMethod"] != "OPTIONS"  # which browsers ask without anything
        for target in resources.behind(method)
        if _function_role(target, resources) != "docs"
    }
    yield from sorted(_AUTHORIZED[type] for type in types)
    if any(resources.of_type("WAFv2::WebACLAssociation")):
        yield "behind a firewall"


def _bucket_role(id: str, resources: Resources) -> str:
    if id in resources.served_to_browsers():
        return "page"
    return "parking" if id in resources.destinations() else "exports"


def _function_role(id: str, resources: Resources) -> str:
    routes = {(name, path) for name, path, target in resources.methods() if target == id}
    methods = {name for name, _ in routes}
    if {path for _, path in routes} == {"/search"}:
        return "query"
    if ("GET", "/docs") in routes:
        return "docs"
    if methods:
        return "write" if "POST" in methods else "read"
    others = {
        "setup": resources.makers_of("SearchSetup"),
        "publisher": resources.makers_of("ExplorerFiles"),
        "retention": resources.invoked_by_schedule(),
        "projector": {target for _, target in resources.mappings()},
        "replay": resources.invoked_by_machines(),
    }
    return next((role for role, ids in others.items() if id in ids), "authorizer")


def _calls(resources: Resources) -> Iterator[tuple[str, str, str]]:
    """Requests: who sends them, and which function answers them."""
    paths: dict[str, list[str]] = {}
    for method, path, target in resources.methods():
        if method not in {"GET", "POST"}:  # the others tell of these
            continue
        paths.setdefault(target, []).append(f"{method} {path}")
    for target, routes in paths.items():
        writes = _function_role(target, resources) == "write"
        yield ("producers" if writes else "readers"), "api", ""
        yield "api", target, "\n".join(sorted(routes))
    for id, _ in resources.of_type("Lambda::Function"):
        if _function_role(id, resources) == "authorizer":
            yield "api", id, "asks"


def _streams(resources: Resources) -> Iterator[tuple[str, str, str]]:
    for source, target in resources.mappings():
        yield source, target, "stream"


def _grants(resources: Resources) -> Iterator[tuple[str, str, str]]:
    """What each role's holder may do on what else is drawn; its stream has an edge already."""
    streams = {(target, source) for source, target in resources.mappings()}
    said: dict[tuple[str, str], list[str]] = {}
    for holder, action, target in resources.grants():
        name = action.partition(":")[2]
        if holder != target and (holder, target) not in streams and not _UNSAID.search(name):
            said.setdefault((holder, target), []).append(_SAID.get(name, name))
    for (holder, target), names in said.items():
        yield holder, target, "\n".join(dict.fromkeys(names))


def _title(id: str, kind: str) -> str:
    """`EventsByTypeTable` → `Events by type`; CDK's hash at the end is left out."""
    name = re.sub(r"[0-9A-F]{8}$", "", id).removesuffix(kind)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return re.sub("^by type", "by-type", words).capitalize()
