"""The roles of people: operators look after the search projection, analysts read it.

Invariant: who may assume them is said by the account's own policies, or by the identity pool of the
stage's Dashboards; nobody else may.
"""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.search_abilities import ANALYSES, OPERATES, Ability
from infra.search_settings import DashboardsSettings
from infra.search_store import SearchStore

_COGNITO = "cognito-identity.amazonaws.com"


class SearchPeople(Construct):
    """Two roles that are attached to nobody."""

    def __init__(self, scope: Construct, id: str, *, dashboards: DashboardsSettings | None) -> None:
        super().__init__(scope, id)
        account = iam.AccountRootPrincipal()
        self.operator = iam.Role(self, "Operator", assumed_by=account)
        by = iam.CompositePrincipal(account, _signed_in(dashboards)) if dashboards else account
        self.analyst = iam.Role(self, "Analyst", assumed_by=by)

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """What each may do, by the role's ARN."""
        return {self.operator.role_arn: OPERATES, self.analyst.role_arn: ANALYSES}

    def allow(self, store: SearchStore) -> None:
        """Let both do it in a store."""
        for role, ability in ((self.operator, OPERATES), (self.analyst, ANALYSES)):
            for action, on in store.grants(ability):
                role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[on]))


def _signed_in(dashboards: DashboardsSettings) -> iam.FederatedPrincipal:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html"""
    return iam.FederatedPrincipal(
        _COGNITO,
        {
            "StringEquals": {f"{_COGNITO}:aud": dashboards.identity_pool_id},
            "ForAnyValue:StringLike": {f"{_COGNITO}:amr": "authenticated"},
        },
        "sts:AssumeRoleWithWebIdentity",
    )
