"""The OpenSearch Serverless collection that holds the search projection.

Invariant: its type is SEARCH: collections of other types refuse documents with an id of their own,
without which a redelivery would be a second document.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-overview.html
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from aws_cdk import Aws, CfnResource, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_opensearchserverless as serverless
from constructs import Construct, DependencyGroup

from infra.search_abilities import Ability
from infra.search_settings import SearchSettings
from infra.settings import Settings
from projections.search_names import ALIAS

TYPE = "SEARCH"
_LONGEST_NAME = 32
_DIGEST = 8


class CollectionTypeError(Exception):
    """A collection is of a type that cannot hold the projection."""


class SearchCollection(Construct):
    """A collection that knows the roles of `abilities` alone, by their ARNs."""

    service: Literal["aoss"] = "aoss"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        search: SearchSettings,
        abilities: Mapping[str, Ability],
        settings: Settings,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        name = collection_name(settings.project, settings.stage)
        encryption = self._policy("Encryption", "encryption", name, _encryption(name, key))
        network = self._policy("Network", "network", name, [_network(name)])
        access = serverless.CfnAccessPolicy(
            self,
            "Access",
            name=name,
            type="data",
            policy=json.dumps([_rules(name, role, one) for role, one in abilities.items()]),
        )
        self._collection = serverless.CfnCollection(
            self,
            "Collection",
            name=name,
            type=TYPE,
            standby_replicas="ENABLED" if search.standby_replicas else "DISABLED",
        )
        assert_search(self._collection)
        self._collection.node.add_dependency(encryption)
        self._collection.node.add_dependency(network)
        self._collection.apply_removal_policy(RemovalPolicy.DESTROY)
        self._collection.override_logical_id("SearchCollection")
        self.endpoint = self._collection.attr_collection_endpoint
        self.dashboards_url = self._collection.attr_dashboard_endpoint
        self.ready = _together(self._collection, access)
        self.dimensions: Mapping[str, str] = {
            "CollectionName": name,
            "CollectionId": self._collection.attr_id,
            "ClientId": Aws.ACCOUNT_ID,
        }

    def grants(self, ability: Ability) -> Iterator[tuple[str, str]]:
        """All or nothing: the access policy alone tells one request from another."""
        yield "aoss:APIAccessAll", self._collection.attr_arn
        if ability.dashboards:
            here = f"arn:{Aws.PARTITION}:aoss:{Aws.REGION}:{Aws.ACCOUNT_ID}"
            yield "aoss:DashboardsAccessAll", f"{here}:dashboards/default"

    def _policy(self, id: str, type: str, name: str, policy: Any) -> CfnResource:
        text = json.dumps(policy)
        return serverless.CfnSecurityPolicy(self, id, name=name, type=type, policy=text)


def assert_search(collection: serverless.CfnCollection) -> None:
    """Raises:
    CollectionTypeError: the collection would refuse the projection's documents.
    """
    if collection.type != TYPE:
        raise CollectionTypeError(f"a collection of type {collection.type} refuses ids: {TYPE}")


def collection_name(project: str, stage: str) -> str:
    """The collection's name, of the account and region: AWS makes up none, and takes 32 characters.

    Its policies find it by that name, and bear it too.
    """
    name = f"{project}-{stage}"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: _LONGEST_NAME - _DIGEST - 1]}-{digest}"


def _encryption(name: str, key: kms.IKey | None) -> dict[str, Any]:
    """https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-encryption.html"""
    rules = [{"ResourceType": "collection", "Resource": [f"collection/{name}"]}]
    whose: dict[str, Any] = {"KmsARN": key.key_arn} if key else {"AWSOwnedKey": True}
    return {"Rules": rules, **whose}


def _network(name: str) -> dict[str, Any]:
    """From anywhere: requests are signed, and the access policy names who may send them.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-network.html
    """
    rules = [
        {"ResourceType": kind, "Resource": [f"collection/{name}"]}
        for kind in ("collection", "dashboard")
    ]
    return {"Rules": rules, "AllowFromPublic": True}


def _rules(name: str, role: str, ability: Ability) -> dict[str, Any]:
    """https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html"""
    rules = (
        ("collection", f"collection/{name}", ability.items),
        ("index", f"index/{name}/{ALIAS}*", ability.indices),
    )
    return {
        "Rules": [
            {
                "ResourceType": kind,
                "Resource": [on],
                "Permission": [f"aoss:{permission}" for permission in permissions],
            }
            for kind, on, permissions in rules
        ],
        "Principal": [role],
    }


def _together(*resources: CfnResource) -> DependencyGroup:
    return DependencyGroup(*resources)
