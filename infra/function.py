"""A Lambda function with its own log group and its own role.

Invariant: the role starts with the right to write to that log group, and gains only what
`allow` names; no managed policy, no grant made by a library.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain import config
from infra.encryption_key import key_grants
from infra.function_settings import ApiFunctionSettings, FunctionSettings
from infra.log_group import log_group
from infra.settings import Settings

_NETWORK_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_SNAPSHOTS = lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS


class Function(Construct):
    """One handler, deployed; `code` gives the asset of a handler.

    `target` is what others invoke: the function, or the alias of the version that is kept started.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        code: Callable[[str], lambda_.Code],
        environment: Mapping[str, str],
        sizing: FunctionSettings,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.log_group = log_group(self, "Logs", settings=settings, key=key)
        self.memory_mb = sizing.memory_mb
        self._role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.allow("logs:CreateLogStream", "logs:PutLogEvents", on=self.log_group.log_group_arn)
        self.function = lambda_.Function(
            self,
            "Function",
            handler=handler,
            code=code(handler),
            environment={
                **environment,
                config.LOG_LEVEL: settings.log_level,
                config.METRICS_NAMESPACE: Aws.STACK_NAME,
            },
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=sizing.memory_mb,
            timeout=Duration.seconds(sizing.timeout_seconds),
            role=self._role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            reserved_concurrent_executions=sizing.reserved_concurrency,
            snap_start=_SNAPSHOTS if _snap_start(sizing) else None,
            application_log_level_v2=lambda_.ApplicationLogLevel(settings.log_level),
        )
        self.target = _target(self, self.function, sizing)

        if settings.tracing:
            self._trace()

    def _trace(self) -> None:
        """CDK's own property would grant these actions past `allow`.

        https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
        """
        resource = cast("lambda_.CfnFunction", self.function.node.default_child)
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        actions = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
        self.allow(*actions, on="*")  # X-Ray has no resources that a trace could be put on

    @property
    def role_arn(self) -> str:
        """The ARN of the role that the function has."""
        return self._role.role_arn

    def join(self, *, subnet_ids: Sequence[str], security_group_ids: Sequence[str]) -> None:
        """Let the function reach what is in a VPC, and nothing that the VPC does not reach.

        Lambda makes its network interfaces with the function's own role; CDK would attach a
        managed policy for it. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        """
        resource = cast("lambda_.CfnFunction", self.function.node.default_child)
        resource.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(subnet_ids), security_group_ids=list(security_group_ids)
        )
        self.allow(*_NETWORK_INTERFACES, on="*")  # no interface is there yet that could be named

    def allow(self, *actions: str, on: str, encrypted: bool = True) -> None:
        """Let the function call these IAM actions on the resource with this ARN.

        Where the stage has a key of its own, the function may use it for that, unless the resource
        is not `encrypted` with it.
        """
        self._role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[on]))
        for statement in key_grants(self._key if encrypted else None, actions):
            self._role.add_to_policy(statement)


def _snap_start(sizing: FunctionSettings) -> bool:
    return isinstance(sizing, ApiFunctionSettings) and sizing.snap_start


def _target(
    scope: Construct, function: lambda_.Function, sizing: FunctionSettings
) -> lambda_.IFunction:
    """Snapshots and started environments are of a published version, never of `$LATEST`."""
    if not isinstance(sizing, ApiFunctionSettings):
        return function
    if not sizing.snap_start and sizing.provisioned_concurrency is None:
        return function
    return lambda_.Alias(
        scope,
        "Live",
        alias_name="live",
        version=function.current_version,
        provisioned_concurrent_executions=sizing.provisioned_concurrency,
    )
