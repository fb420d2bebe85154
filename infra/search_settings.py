"""What may differ between stages that have search: the engine, its size, who reaches it, retention.

Invariant: what is refused here is what AWS would refuse after half an hour of deployment.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/sizing-domains.html
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from infra.function_settings import (
    ApiFunctionSettings,
    FunctionSettings,
    ProjectorFunctionSettings,
    StreamSettings,
)
from infra.strict_model import StrictModel

_InstanceType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+\.search$")]
_SubnetId = Annotated[str, StringConstraints(pattern=r"^subnet-[0-9a-f]{8,17}$")]
_SecurityGroupId = Annotated[str, StringConstraints(pattern=r"^sg-[0-9a-f]{8,17}$")]

_THREE_ZONES = 3
_TWO_ZONES = 2


class DomainSearchSettings(StrictModel):
    """The size of an OpenSearch Service domain."""

    instance_type: _InstanceType = Field(
        default="m6g.large.search", description="Type of the nodes that hold events."
    )
    instance_count: int = Field(
        default=2,
        ge=1,
        le=80,
        description="Nodes that hold events: one, or as many in each of two or three zones.",
    )
    storage_gb: int = Field(
        default=100, ge=10, le=3_072, description="Storage of each node in GB, gp3."
    )
    master_type: _InstanceType | None = Field(
        default=None,
        description="Type of three nodes that hold no events and keep the cluster together; "
        "without it, the nodes with the events do so.",
    )

    @property
    def zones(self) -> int:
        """The availability zones that the nodes are spread over."""
        if self.instance_count % _THREE_ZONES == 0:
            return _THREE_ZONES
        return _TWO_ZONES if self.instance_count % _TWO_ZONES == 0 else 1

    @model_validator(mode="after")
    def _as_many_in_each_zone(self) -> Self:
        if self.zones == 1 < self.instance_count:
            raise ValueError("instance_count: as many nodes in each of two or three zones, or one")
        return self


class NetworkSettings(StrictModel):
    """Where in a VPC the domain is, and the functions that reach it.

    The subnets need a way to S3, such as its gateway endpoint: what is parked goes there.
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html
    """

    subnet_ids: tuple[_SubnetId, ...] = Field(
        min_length=1, max_length=3, description="Subnets, each in a zone of its own."
    )
    security_group_ids: tuple[_SecurityGroupId, ...] = Field(
        min_length=1,
        max_length=5,
        description="Security groups of the domain and of the functions; the first must take "
        "HTTPS from themselves.",
    )


class DashboardsSettings(StrictModel):
    """Sign-in to OpenSearch Dashboards by a Cognito user pool.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cognito-auth.html
    """

    user_pool_id: str = Field(
        pattern=r"^[\w-]+_[0-9A-Za-z]+$", description="The pool that analysts sign in to."
    )
    identity_pool_id: str = Field(
        pattern=r"^[\w-]+:[0-9a-f-]+$",
        description="The pool of identities that gives them the role behind the output "
        "`SearchAnalystRoleArn`.",
    )
    role_arn: str = Field(
        pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/\S+$",
        description="The role with which OpenSearch Service sets both pools up.",
    )


class SearchStreamSettings(StreamSettings):
    """How the search projector follows the log: it waits for OpenSearch as long as records live."""

    retry_attempts: int = Field(
        default=10_000,
        ge=0,
        le=10_000,
        description="Retries of a failing batch: as many as a record's age allows, so that search "
        "catches up by itself when OpenSearch was away for hours.",
    )


class SearchSettings(StrictModel):
    """Search over all events, in OpenSearch."""

    engine: Literal["domain", "serverless"] = Field(
        default="domain",
        description="`domain`, nodes of one's own in OpenSearch Service; `serverless`, a "
        "collection of OpenSearch Serverless.",
    )
    domain: DomainSearchSettings = Field(
        default=DomainSearchSettings(), description="The domain's size."
    )
    standby_replicas: bool = Field(
        default=True,
        description="Keep a collection in a second zone, at twice the price.",
    )
    network: NetworkSettings | None = Field(
        default=None,
        description="A VPC for the domain; without it, its endpoint is public and takes signed "
        "requests alone.",
    )
    dashboards: DashboardsSettings | None = Field(
        default=None, description="Cognito for a domain's Dashboards, where people sign in by it."
    )
    retention_months: int | None = Field(
        default=None,
        ge=1,
        le=120,
        description="Whole months that stay searchable after the running one; the log keeps all. "
        "Without it, every month does.",
    )
    projector: ProjectorFunctionSettings = Field(
        default=ProjectorFunctionSettings(), description="The function that fills the indices."
    )
    stream: SearchStreamSettings = Field(
        default=SearchStreamSettings(), description="How it follows the log."
    )
    query: ApiFunctionSettings = Field(
        default=ApiFunctionSettings(), description="The function behind GET /search."
    )
    setup: FunctionSettings = Field(
        default=FunctionSettings(memory_mb=512, timeout_seconds=600),
        description="The function that installs templates and roles at each deployment.",
    )
    retention: FunctionSettings = Field(
        default=FunctionSettings(memory_mb=256, timeout_seconds=60),
        description="The function that deletes a collection's old months.",
    )

    @model_validator(mode="after")
    def _a_domains_options_for_a_domain(self) -> Self:
        for name, given in (("network", self.network), ("dashboards", self.dashboards)):
            if given is not None and self.engine == "serverless":
                raise ValueError(f"{name}: of a domain alone, and the engine is serverless")
        return self

    @model_validator(mode="after")
    def _a_subnet_for_each_zone(self) -> Self:
        if self.network and len(self.network.subnet_ids) != self.domain.zones:
            raise ValueError(f"network.subnet_ids: the domain has {self.domain.zones} zones")
        return self
