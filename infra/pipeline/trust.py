"""Which workflow runs may assume a role, by the claims of their tokens.

Invariant: every claim is compared for equality, so one with a wildcard is never trusted.
https://docs.github.com/en/actions/reference/security/oidc
"""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam

from infra.pipeline.settings import BRANCHES, PipelineSettings, Stage

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


def deployments(provider: str, settings: PipelineSettings) -> iam.PrincipalBase:
    """Jobs in the GitHub environment of a stage, on the branch that the stage is deployed from.

    Both are asked for, since an environment whose branches nobody restricted takes any branch.
    """
    return iam.CompositePrincipal(
        *(_deployment(provider, settings, stage) for stage in settings.stages)
    )


def pull_requests(provider: str, settings: PipelineSettings) -> iam.PrincipalBase:
    """Jobs of a pull request from a branch of the repository; GitHub gives forks no token."""
    return _jobs(provider, {"sub": f"repo:{settings.repository}:pull_request"})


def _deployment(provider: str, settings: PipelineSettings, stage: Stage) -> iam.PrincipalBase:
    subject = f"repo:{settings.repository}:environment:{stage}"
    return _jobs(provider, {"sub": subject, "ref": f"refs/heads/{BRANCHES[stage]}"})


def _jobs(provider: str, claims: Mapping[str, str]) -> iam.PrincipalBase:
    expected = {"aud": AUDIENCE, **claims}
    conditions = {f"{ISSUER}:{claim}": value for claim, value in expected.items()}
    return iam.WebIdentityPrincipal(provider, {"StringEquals": conditions})
