"""Who refers to whom in a template, by logical id."""

from collections.abc import Iterator, Mapping
from typing import Any


class Resources:
    """A template's resources."""

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._all = resources

    def of_type(self, type: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Logical id and properties of each resource of a type, named without `AWS::`."""
        for id, resource in self._all.items():
            if resource["Type"] == f"AWS::{type}":
                yield id, resource.get("Properties", {})

    def methods(self) -> Iterator[tuple[str, str, str]]:
        """Each method of the API, its path, and the function behind it, if one is."""
        for _, method in self.of_type("ApiGateway::Method"):
            for target in self.behind(method):
                yield method["HttpMethod"], self._path(method["ResourceId"]), target

    def behind(self, method: Mapping[str, Any]) -> Iterator[str]:
        """The function that answers a method, if one does."""
        yield from self._functions_in(method["Integration"].get("Uri"))

    def mappings(self) -> Iterator[tuple[str, str]]:
        """The table and the function of each event source mapping."""
        for _, mapping in self.of_type("Lambda::EventSourceMapping"):
            [source] = named(mapping["EventSourceArn"])
            [target] = named(mapping["FunctionName"])
            yield source, target

    def destinations(self) -> set[str]:
        """Where event source mappings put what they give up."""
        mappings = self.of_type("Lambda::EventSourceMapping")
        return {id for _, one in mappings for id in named(one.get("DestinationConfig"))}

    def invoked_by_machines(self) -> set[str]:
        """The functions that state machines call."""
        machines = {id for id, _ in self.of_type("StepFunctions::StateMachine")}
        return {target for holder, _, target in self.grants() if holder in machines}

    def makers_of(self, kind: str) -> set[str]:
        """The functions that CloudFormation asks for resources of the stack's own, of one kind."""
        custom = (one for one in self._all.values() if one["Type"] == f"Custom::{kind}")
        return {id for one in custom for id in named(one["Properties"]["ServiceToken"])}

    def served_to_browsers(self) -> set[str]:
        """What CloudFront gets files from, and what belongs to it."""
        found = self.of_type("CloudFront::Distribution")
        return {id for _, one in found for id in named(one["DistributionConfig"]["Origins"])}

    def invoked_by_schedule(self) -> set[str]:
        """The functions that are called by the clock."""
        rules = self.of_type("Events::Rule")
        return {id for _, rule in rules for id in self._functions_in(rule["Targets"])}

    def grants(self) -> Iterator[tuple[str, str, str]]:
        """Who holds a role, an action that it allows, and what on."""
        holders = self._holders()
        for _, policy in self.of_type("IAM::Policy"):
            for role in (id for one in policy["Roles"] for id in named(one)):
                for statement in policy["PolicyDocument"]["Statement"]:
                    for target in named(statement["Resource"]):
                        for action in _listed(statement["Action"]):
                            yield holders[role], action, target

    def _holders(self) -> dict[str, str]:
        """The function or state machine of each role; a role that nothing drawn has, itself."""
        held = {id: id for id, _ in self.of_type("IAM::Role")}
        for type, role in (
            ("Lambda::Function", "Role"),
            ("StepFunctions::StateMachine", "RoleArn"),
        ):
            for id, properties in self.of_type(type):
                held |= dict.fromkeys(named(properties[role]), id)
        return held

    def _functions_in(self, value: Any) -> list[str]:
        """The functions that a value refers to, by themselves or by an alias."""
        aliased = {id: named(one["FunctionName"]) for id, one in self.of_type("Lambda::Alias")}
        functions = {id: [id] for id, _ in self.of_type("Lambda::Function")} | aliased
        return [function for id in named(value) for function in functions.get(id, ())]

    def _path(self, reference: Any) -> str:
        if "Ref" not in reference:
            return ""
        resource = self._all[reference["Ref"]]["Properties"]
        return f"{self._path(resource['ParentId'])}/{resource['PathPart']}"


def named(value: Any) -> list[str]:
    """The logical ids that a value refers to, pseudo parameters left out."""
    match value:
        case {"Ref": str(id)}:
            return [] if id.startswith("AWS::") else [id]
        case {"Fn::GetAtt": [id, *_]}:
            return [id]
        case Mapping():
            return [id for item in value.values() for id in named(item)]
        case list():
            return [id for item in value for id in named(item)]
    return []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
