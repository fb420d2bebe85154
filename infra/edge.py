"""What stands before the API: a name of its own, the firewall, and a key for each producer."""

from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.api_methods import ApiMethods
from infra.custom_domain import CustomDomain
from infra.firewall import Firewall
from infra.producer_keys import ProducerKeys
from infra.settings import Settings


class Edge(Construct):
    """What of it the stage asks for.

    `blocked` counts what the firewall stops, `key_ids` has the ids of the producers' keys by the
    producers' names.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: apigateway.RestApi,
        methods: ApiMethods,
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        edge, stage = settings.edge, api.deployment_stage
        self.blocked: cloudwatch.IMetric | None = None
        self.key_ids: Mapping[str, str] = {}
        if edge.domain:
            CustomDomain(self, "Domain", api=api, domain=edge.domain)
        if edge.firewall:
            self.blocked = Firewall(
                self, "Firewall", stage=stage, firewall=edge.firewall, settings=settings, key=key
            ).blocked
        if edge.producers:
            keys = ProducerKeys(
                self, "Producers", api=api, methods=methods, producers=edge.producers
            )
            self.key_ids = keys.ids
