"""The role that API Gateway writes access logs with: one for an account and region, for all stages.

Invariant: it goes with no stage. API Gateway keeps one such role for all APIs of an account in a
region; a stage that made it would take it from the others when it is deleted.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.account.settings import AccountSettings


class AccountStack(Stack):
    """The event log's part of one account and region."""

    def __init__(self, scope: Construct, *, settings: AccountSettings) -> None:
        super().__init__(
            scope,
            f"{settings.project}-account",
            description="Lets API Gateway write access logs in this account and region.",
            env=Environment(region=settings.region),
            termination_protection=True,
            tags={"project": settings.project},
        )
        role = iam.Role(
            self,
            "ApiLogs",
            description="API Gateway writes logs of all APIs of this account and region",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            # API Gateway refuses a role that has less than this policy.
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
                )
            ],
        )
        role.apply_removal_policy(RemovalPolicy.RETAIN)
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(RemovalPolicy.RETAIN)
        account.node.add_dependency(role)
