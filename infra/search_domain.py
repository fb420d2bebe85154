"""The OpenSearch Service domain that holds the search projection.

Invariant: it is encrypted at rest and between its nodes, takes TLS 1.2 or newer alone, and turns
away every principal but the stack's roles; of those, fine-grained access control decides.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from aws_cdk import Aws, CfnUpdatePolicy, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.search_abilities import Ability
from infra.search_logs import SearchLogs
from infra.search_settings import (
    DashboardsSettings,
    DomainSearchSettings,
    NetworkSettings,
    SearchSettings,
)
from infra.settings import Settings

ENGINE = opensearch.EngineVersion.OPENSEARCH_3_7
"""The newest that OpenSearch Service has; `flat_object` came with 2.7."""

TLS_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10"
_MASTERS = 3


class SearchDomain(Construct):
    """A domain that knows `roles` alone, of which `master` may give rights to the others.

    It goes with its stack: `eventlog rebuild` makes its content anew from the log. Auto-Tune is on
    by default, and no property of CloudFormation.
    """

    service: Literal["es"] = "es"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        search: SearchSettings,
        roles: Sequence[str],
        master: str,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        published = SearchLogs(self, "Logs", settings=settings, key=key)
        self._domain = opensearch.CfnDomain(
            self,
            "Domain",
            engine_version=ENGINE.version,
            cluster_config=_cluster(search.domain),
            ebs_options=opensearch.CfnDomain.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=search.domain.storage_gb
            ),
            encryption_at_rest_options=opensearch.CfnDomain.EncryptionAtRestOptionsProperty(
                enabled=True, kms_key_id=key.key_id if key else None
            ),
            node_to_node_encryption_options=(
                opensearch.CfnDomain.NodeToNodeEncryptionOptionsProperty(enabled=True)
            ),
            domain_endpoint_options=opensearch.CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy=TLS_POLICY
            ),
            advanced_security_options=_roles_of_iam(master),
            access_policies=_turn_away_all_but(roles),
            log_publishing_options=published.options,
            vpc_options=_network(search.network),
            cognito_options=_sign_in(search.dashboards),
            software_update_options=opensearch.CfnDomain.SoftwareUpdateOptionsProperty(
                auto_software_update_enabled=True
            ),
            off_peak_window_options=opensearch.CfnDomain.OffPeakWindowOptionsProperty(enabled=True),
        )
        self._domain.node.add_dependency(published.policy)
        self._domain.cfn_options.update_policy = CfnUpdatePolicy(enable_version_upgrade=True)
        self._domain.apply_removal_policy(RemovalPolicy.DESTROY)
        self._domain.override_logical_id("SearchDomain")
        self.endpoint = self._domain.attr_domain_endpoint
        self.dashboards_url = f"https://{self.endpoint}/_dashboards"
        self.ready = self._domain
        self.dimensions: Mapping[str, str] = {
            "DomainName": self._domain.ref,
            "ClientId": Aws.ACCOUNT_ID,
        }

    def grants(self, ability: Ability) -> Iterator[tuple[str, str]]:
        """Each method on its path."""
        for method, path in ability.requests:
            yield f"es:ESHttp{method}", f"{self._domain.attr_arn}{path}"


def _cluster(domain: DomainSearchSettings) -> opensearch.CfnDomain.ClusterConfigProperty:
    """Zone awareness follows from the number of nodes."""
    spread = opensearch.CfnDomain.ZoneAwarenessConfigProperty(availability_zone_count=domain.zones)
    return opensearch.CfnDomain.ClusterConfigProperty(
        instance_type=domain.instance_type,
        instance_count=domain.instance_count,
        dedicated_master_enabled=domain.master_type is not None,
        dedicated_master_type=domain.master_type,
        dedicated_master_count=_MASTERS if domain.master_type else None,
        zone_awareness_enabled=domain.zones > 1,
        zone_awareness_config=spread if domain.zones > 1 else None,
    )


def _roles_of_iam(master: str) -> opensearch.CfnDomain.AdvancedSecurityOptionsInputProperty:
    """No user and no password is in the domain: whoever comes, comes as a role of IAM."""
    return opensearch.CfnDomain.AdvancedSecurityOptionsInputProperty(
        enabled=True,
        internal_user_database_enabled=False,
        master_user_options=opensearch.CfnDomain.MasterUserOptionsProperty(master_user_arn=master),
    )


def _turn_away_all_but(roles: Sequence[str]) -> dict[str, Any]:
    """A denial and no allowance: what a role may is in its own policy, path by path.

    Who bears no signature is allowed nothing either, and is sent on to sign in where Cognito does.
    """
    others = iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["es:ESHttp*"],
        resources=["*"],
        conditions={
            "ArnNotEquals": {"aws:PrincipalArn": list(roles)},
            "Null": {"aws:PrincipalArn": "false"},
        },
    )
    policy: dict[str, Any] = iam.PolicyDocument(statements=[others]).to_json()
    return policy


def _network(
    network: NetworkSettings | None,
) -> opensearch.CfnDomain.VPCOptionsProperty | None:
    if network is None:
        return None
    return opensearch.CfnDomain.VPCOptionsProperty(
        subnet_ids=list(network.subnet_ids), security_group_ids=list(network.security_group_ids)
    )


def _sign_in(
    dashboards: DashboardsSettings | None,
) -> opensearch.CfnDomain.CognitoOptionsProperty | None:
    if dashboards is None:
        return None
    return opensearch.CfnDomain.CognitoOptionsProperty(
        enabled=True,
        user_pool_id=dashboards.user_pool_id,
        identity_pool_id=dashboards.identity_pool_id,
        role_arn=dashboards.role_arn,
    )
