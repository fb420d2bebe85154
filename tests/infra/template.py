"""Questions to a synthesized template, asked by what resources are, never by how they are named."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.routes import PAGES, ROUTES

Grant = tuple[str, str]
"""An IAM action, and the resource it is allowed on (see `Template.named`)."""


@dataclass(frozen=True)
class Template:
    """A CloudFormation template."""

    body: dict[str, Any]

    def of_type(self, type: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by logical id."""
        resources = self.body["Resources"].items()
        return {name: resource for name, resource in resources if resource["Type"] == type}

    def properties(self, type: str) -> list[dict[str, Any]]:
        """The properties of each resource of a type."""
        return [resource.get("Properties", {}) for resource in self.of_type(type).values()]

    def functions(self) -> dict[str, dict[str, Any]]:
        """Each function's properties, by handler."""
        return {function["Handler"]: function for function in self._functions().values()}

    def table(self, *keys: str) -> dict[str, Any]:
        """The one table with these key attributes."""
        [table] = [
            table
            for table in self.of_type("AWS::DynamoDB::Table").values()
            if [key["AttributeName"] for key in table["Properties"]["KeySchema"]] == list(keys)
        ]
        return table

    def bucket(self, *, versioned: bool) -> dict[str, Any]:
        """The bucket of what is parked, which is versioned, or that of exports."""
        [bucket] = [
            bucket
            for bucket in self.of_type("AWS::S3::Bucket").values()
            if ("VersioningConfiguration" in bucket["Properties"]) is versioned
            and bucket != self.page()
        ]
        return bucket

    def page(self) -> dict[str, Any] | None:
        """The bucket of the explorer's page, of whose objects none expires; None without it."""
        buckets = self.of_type("AWS::S3::Bucket").values()
        pages = (one for one in buckets if "LifecycleConfiguration" not in one["Properties"])
        return next(pages, None)

    def grants(self, handler: str) -> set[Grant]:
        """All that the role of a function allows."""
        role = self.functions()[handler]["Role"]["Fn::GetAtt"][0]
        return {grant for name, grant in self.role_grants() if name == role}

    def role_grants(self) -> Iterator[tuple[str, Grant]]:
        """Every grant in the template, with the logical id of its role."""
        for policy in self.properties("AWS::IAM::Policy"):
            for role in policy["Roles"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    assert statement["Effect"] == "Allow"
                    for action in listed(statement["Action"]):
                        for resource in listed(statement["Resource"]):
                            yield role["Ref"], (action, self.named(resource))

    def named(self, reference: Any) -> str:
        """What a reference means, or itself.

        That is `log`, `log stream`, `by type`, `parking`, `exports`, `page` (and a path in them),
        `rebuild`, `logs of HANDLER`, a function's HANDLER, or what kind of resource it is.
        """
        if not isinstance(reference, dict):
            return str(reference)
        if "Fn::Join" in reference:
            return "".join(self.named(part) for part in reference["Fn::Join"][1])
        if "Ref" not in reference:
            return self._meaning(*reference["Fn::GetAtt"])
        name = str(reference["Ref"])
        return self._meaning(name, "Arn") if name in self.body["Resources"] else name

    def _meaning(self, logical_id: str, attribute: str) -> str:
        resource = self.body["Resources"][logical_id]
        match resource["Type"]:
            case "AWS::Logs::LogGroup":
                return f"logs of {self._logs_to(logical_id)}"
            case "AWS::S3::Bucket":
                kept = "VersioningConfiguration" in resource["Properties"]
                return "parking" if kept else "page" if resource == self.page() else "exports"
            case "AWS::StepFunctions::StateMachine":
                return "rebuild"
            case "AWS::Lambda::Function":
                return str(resource["Properties"]["Handler"])
            case "AWS::DynamoDB::Table":
                name = "log" if resource == self.table("id") else "by type"
                return name if attribute == "Arn" else f"{name} stream"
        kind = resource["Type"].rpartition("::")[2]
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()

    def routes(self) -> dict[tuple[str, str], str]:
        """The handler of each method and path."""
        return {
            (method["HttpMethod"], self._path(method["ResourceId"])): self._target(method)
            for method in self.properties("AWS::ApiGateway::Method")
        }

    def methods(self, *, pages: bool = False) -> list[dict[str, Any]]:
        """The properties of the methods of the log itself, or of those of the API's pages."""
        paths = {route.path for route in (PAGES if pages else ROUTES)}
        methods = self.properties("AWS::ApiGateway::Method")
        return [one for one in methods if self._path(one["ResourceId"]) in paths]

    def _functions(self) -> dict[str, dict[str, Any]]:
        resources = self.of_type("AWS::Lambda::Function").items()
        return {name: resource["Properties"] for name, resource in resources}

    def _logs_to(self, log_group: str) -> str:
        [handler] = [
            handler
            for handler, function in self.functions().items()
            if function["LoggingConfig"]["LogGroup"] == {"Ref": log_group}
        ]
        return handler

    def _path(self, reference: dict[str, Any]) -> str:
        if "Ref" not in reference:
            return ""
        resource = self.body["Resources"][reference["Ref"]]["Properties"]
        return f"{self._path(resource['ParentId'])}/{resource['PathPart']}"

    def _target(self, method: dict[str, Any]) -> str:
        parts = method["Integration"]["Uri"]["Fn::Join"][1]
        references = [part for part in parts if isinstance(part, dict)]
        aliases = self.of_type("AWS::Lambda::Alias")
        called = [one["Fn::GetAtt"][0] for one in references if "Fn::GetAtt" in one]
        called += [
            aliases[one["Ref"]]["Properties"]["FunctionName"]["Ref"]
            for one in references
            if one.get("Ref") in aliases
        ]
        [function] = called
        return str(self._functions()[function]["Handler"])


def listed(value: Any) -> list[Any]:
    """The items of a list, or the one thing that stands for a list of one."""
    return value if isinstance(value, list) else [value]
