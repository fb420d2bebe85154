"""The stack that lets GitHub Actions in: its identity provider, a role to deploy, one to compare.

Invariant: there is no key, and neither role can do anything by itself but what is granted below;
the role that a pull request gets cannot read an event. That is why it does not assume CDK's lookup
role, which reads everything in the account.
"""

from aws_cdk import Arn, ArnComponents, CfnOutput, DefaultStackSynthesizer, Environment, Fn, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.pipeline.settings import PipelineSettings
from infra.pipeline.trust import AUDIENCE, ISSUER, deployments, pull_requests


class PipelineStack(Stack):
    """The pipeline's part of one account and region."""

    def __init__(self, scope: Construct, *, settings: PipelineSettings) -> None:
        super().__init__(
            scope,
            f"{settings.project}-pipeline",
            description="Lets GitHub Actions deploy and compare the event log, without keys.",
            env=Environment(region=settings.region),
            termination_protection=True,
            tags={"project": settings.project},
        )
        provider = self._provider(settings)

        deploy = iam.Role(
            self,
            "Deploy",
            description="cdk deploy, from the branch and environment of a stage",
            assumed_by=deployments(provider, settings),
        )
        diff = iam.Role(
            self,
            "Diff",
            description="cdk diff, from a pull request",
            assumed_by=pull_requests(provider, settings),
        )

        deploy.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[
                    _bootstrapped(DefaultStackSynthesizer.DEFAULT_DEPLOY_ROLE_ARN),
                    _bootstrapped(DefaultStackSynthesizer.DEFAULT_FILE_ASSET_PUBLISHING_ROLE_ARN),
                ],
            )
        )
        diff.add_to_policy(
            iam.PolicyStatement(
                actions=["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
                resources=[
                    self.format_arn(
                        service="cloudformation",
                        resource="stack",
                        resource_name=f"{settings.project}-{stage}/*",
                    )
                    for stage in settings.stages
                ],
            )
        )

        CfnOutput(self, "DeployRoleArn", value=deploy.role_arn)
        CfnOutput(self, "DiffRoleArn", value=diff.role_arn)

    def _provider(self, settings: PipelineSettings) -> str:
        """ARN of GitHub's identity provider in this account."""
        if settings.provider == "existing":
            return Arn.format(
                ArnComponents(
                    service="iam", region="", resource="oidc-provider", resource_name=ISSUER
                ),
                self,
            )
        created = iam.CfnOIDCProvider(
            self, "GitHub", url=f"https://{ISSUER}", client_id_list=[AUDIENCE]
        )
        return created.attr_arn


def _bootstrapped(role: str) -> str:
    """ARN of a role that `cdk bootstrap` made in this account and region."""
    return Fn.sub(role.replace("${Qualifier}", DefaultStackSynthesizer.DEFAULT_QUALIFIER))
