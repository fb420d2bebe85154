"""Reads a synthesized stack: what each resource is called here, and its typed view.

Invariant: no resource type or property that matters is passed over silently.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.assets import assets_of
from infra.local.api_template import read_api
from infra.local.custom_resources import CUSTOM, CustomResource
from infra.local.event_source_mapping import Mapping as EventSourceMapping
from infra.local.intrinsics import Resolver, TemplateError, refuse_unknown
from infra.local.resource_names import ACCOUNT, arn, attribute, physical_id
from infra.local.resource_types import HANDLED, PASSED_OVER, SEARCH_ENGINES
from infra.local.resources import Api, Bucket, Function, Policy, Role, StateMachine, Table
from infra.local.role_template import read_policy, read_role
from infra.local.step_functions.machine_template import read_state_machine

_CREATE_TABLE = {"AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema"}
_TABLE_PASSED_OVER = {  # protection and labels change no answer
    *("ContributorInsightsSpecification", "DeletionProtectionEnabled", "SSESpecification", "Tags"),
}
_BUCKET = {"VersioningConfiguration"}
_BUCKET_PASSED_OVER = {  # who may reach it, and what becomes of old versions
    *("BucketEncryption", "LifecycleConfiguration", "OwnershipControls", "Tags"),
    "PublicAccessBlockConfiguration",
}
_TABLE = {"StreamSpecification", "TableName", "TimeToLiveSpecification"} | _CREATE_TABLE
_TABLE |= {"PointInTimeRecoverySpecification"}
_FUNCTION = {
    "Code",
    "Environment",
    "FunctionName",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "Role",
}
_FUNCTION |= {"ReservedConcurrentExecutions", "Timeout"}
_FUNCTION_PASSED_OVER = {  # assets are run, by this machine's Python
    *("Architectures", "Description", "Runtime", "SnapStart", "Tags", "TracingConfig"),
    "VpcConfig",
}


@dataclass(frozen=True)
class Template:
    """One stack's template. `table_arns` tells, per logical id, what the engine calls a table.

    `search_address` is where OpenSearch answers, if the template has any; `assets` has the folder
    of each asset by the key that it would have in S3.
    """

    name: str
    resources: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Any]
    region: str
    stack_id: str
    table_arns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    search_address: str | None = None
    assets: Mapping[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for logical_id, resource in self.resources.items():
            known = HANDLED | PASSED_OVER.keys()
            if resource["Type"] not in known and not resource["Type"].startswith(CUSTOM):
                raise TemplateError(f"{logical_id} is a {resource['Type']}, which is not run here")
            if "Condition" in resource:
                raise TemplateError(f"{logical_id} has a condition, which is not evaluated here")

    def tables(self) -> list[Table]:
        """The tables; needs no `table_arns`."""
        return [
            self._table(logical_id, properties)
            for logical_id, properties in self._of_type("AWS::DynamoDB::Table")
        ]

    def buckets(self) -> list[Bucket]:
        """The buckets."""
        return [
            self._bucket(logical_id, properties)
            for logical_id, properties in self._of_type("AWS::S3::Bucket")
        ]

    def functions(self) -> list[Function]:
        """The functions, each with its role and log group."""
        return [
            self._function(logical_id, properties)
            for logical_id, properties in self._of_type("AWS::Lambda::Function")
        ]

    def mappings(self) -> list[EventSourceMapping]:
        """The event source mappings."""
        return [
            EventSourceMapping.from_properties(logical_id, dict(properties))
            for logical_id, properties in self._of_type("AWS::Lambda::EventSourceMapping")
        ]

    def state_machines(self) -> list[StateMachine]:
        """The state machines, each with its role."""
        kind = "AWS::StepFunctions::StateMachine"
        return [
            read_state_machine(
                self._physical_id(logical_id),
                self._arn("states", f"stateMachine:{self._physical_id(logical_id)}"),
                properties=properties,
                role=self._role(properties["RoleArn"]),
            )
            for logical_id, properties in self._of_type(kind)
        ]

    def custom_resources(self) -> list[CustomResource]:
        """The custom resources, in the template's order."""
        return [
            CustomResource(logical_id, resource["Type"], self._properties(logical_id))
            for logical_id, resource in self.resources.items()
            if resource["Type"].startswith(CUSTOM)
        ]

    def search_arn(self) -> str | None:
        """The ARN of the OpenSearch domain or collection; None without one.

        Raises: TemplateError when there are several, as one engine runs here.
        """
        found = [id for id, one in self.resources.items() if one["Type"] in SEARCH_ENGINES]
        if len(found) > 1:
            raise TemplateError(f"{' and '.join(found)} are several search engines")
        return self._attribute(found[0], "Arn") if found else None

    def managed_policies(self) -> list[Policy]:
        """The managed policies, which the stack offers to those who call it."""
        return [
            read_policy(logical_id, properties)
            for logical_id, properties in self._of_type("AWS::IAM::ManagedPolicy")
        ]

    def api(self) -> Api:
        """The one REST API."""
        return read_api(
            {
                logical_id: (resource["Type"], self._properties(logical_id))
                for logical_id, resource in self.resources.items()
                if resource["Type"].startswith("AWS::ApiGateway::") and resource["Type"] in HANDLED
            }
        )

    def output(self, name: str) -> str:
        """The value of an output of the stack."""
        return str(self._resolver().resolve(self.outputs[name]["Value"]))

    def _table(self, logical_id: str, properties: Mapping[str, Any]) -> Table:
        refuse_unknown(logical_id, properties, _TABLE | _TABLE_PASSED_OVER)
        create = {key: value for key, value in properties.items() if key in _CREATE_TABLE}
        if stream := properties.get("StreamSpecification"):
            create["StreamSpecification"] = {
                "StreamEnabled": True,
                "StreamViewType": stream["StreamViewType"],
            }
        ttl = properties.get("TimeToLiveSpecification", {})
        expires = ttl.get("AttributeName") if ttl.get("Enabled") else None
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        recoverable = recovery.get("PointInTimeRecoveryEnabled", False)
        key = properties.get("SSESpecification", {}).get("KMSMasterKeyId")
        return Table(logical_id, self._physical_id(logical_id), create, expires, recoverable, key)

    def _bucket(self, logical_id: str, properties: Mapping[str, Any]) -> Bucket:
        refuse_unknown(logical_id, properties, _BUCKET | _BUCKET_PASSED_OVER)
        versioning = properties.get("VersioningConfiguration", {})
        versioned = versioning.get("Status") == "Enabled"
        rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", ())
        defaults = [one.get("ServerSideEncryptionByDefault", {}) for one in rules]
        key = next((one["KMSMasterKeyID"] for one in defaults if "KMSMasterKeyID" in one), None)
        return Bucket(self._physical_id(logical_id), versioned, key)

    def _function(self, logical_id: str, properties: Mapping[str, Any]) -> Function:
        refuse_unknown(logical_id, properties, _FUNCTION | _FUNCTION_PASSED_OVER)
        name = self._physical_id(logical_id)
        log_group = properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        return Function(
            logical_id=logical_id,
            name=name,
            arn=self._arn("lambda", f"function:{name}"),
            handler=properties["Handler"],
            timeout=int(properties.get("Timeout", 3)),
            memory=int(properties.get("MemorySize", 128)),
            environment=properties.get("Environment", {}).get("Variables", {}),
            role=self._role(properties["Role"]),
            log_group=log_group,
            log_group_arn=self._arn("logs", f"log-group:{log_group}"),
            concurrency=properties.get("ReservedConcurrentExecutions"),
            code=self.assets.get(properties["Code"].get("S3Key", "")),
        )

    def _role(self, arn: str) -> Role:
        name = arn.rpartition("/")[2]
        roles = self._of_type("AWS::IAM::Role")
        policies = [properties for _, properties in self._of_type("AWS::IAM::Policy")]
        [properties] = [one for logical_id, one in roles if self._physical_id(logical_id) == name]
        return read_role(name, arn, properties=properties, policies=policies, keys=self._keys())

    def _keys(self) -> Mapping[str, str]:
        """The key of each encrypted table and bucket, by its ARN; complete with `table_arns`."""
        arns = {logical_id: found["Arn"] for logical_id, found in self.table_arns.items()}
        tables = {arns.get(one.logical_id): one.key for one in self.tables()}
        buckets = {f"arn:aws:s3:::{one.name}": one.key for one in self.buckets()}
        return {arn: key for arn, key in (tables | buckets).items() if arn and key}

    def _of_type(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for logical_id, resource in self.resources.items():
            if resource["Type"] == kind:
                yield logical_id, self._properties(logical_id)

    def _properties(self, logical_id: str) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self._resolver().resolve(
            self.resources[logical_id].get("Properties", {})
        )
        return properties

    def _resolver(self) -> Resolver:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        names = {logical_id: self._physical_id(logical_id) for logical_id in self.resources}
        return Resolver(pseudo | names, self._attribute)

    def _physical_id(self, logical_id: str) -> str:
        resource = self.resources[logical_id]
        if resource["Type"] == "AWS::Lambda::Alias":  # `Ref` gives its ARN
            alias = resource["Properties"]
            function = self._physical_id(alias["FunctionName"]["Ref"])
            return self._arn("lambda", f"function:{function}:{alias['Name']}")
        return physical_id(logical_id, resource)

    def _attribute(self, logical_id: str, name: str) -> str | None:
        if logical_id in self.table_arns:
            return self.table_arns[logical_id].get(name)
        resource = self.resources[logical_id]
        path = SEARCH_ENGINES.get(resource["Type"], {}).get(name)
        if path is not None and self.search_address:
            return f"{self.search_address}{path}"
        return attribute(logical_id, resource, name, region=self.region)

    def _arn(self, service: str, name: str) -> str:
        return arn(service, name, region=self.region)


def load(assembly: Path, *, region: str, stack_id: str) -> Template:
    """The template of the one stack in a cloud assembly folder.

    https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies

    Raises: TemplateError when it holds something that the local stack does not run.
    """
    manifest = json.loads((assembly / "manifest.json").read_text("utf-8"))
    [(name, stack)] = [
        (name, artifact)
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]
    body = json.loads((assembly / stack["properties"]["templateFile"]).read_text("utf-8"))
    resources, outputs = body["Resources"], body.get("Outputs", {})
    return Template(name, resources, outputs, region, stack_id, assets=assets_of(assembly, name))
