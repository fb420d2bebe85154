"""How an operator's machine reaches a stage's OpenSearch: as the role that the stack made for it.

Invariant: on AWS no request is signed as anybody else, so that what an operator may do there is
what that role may.
"""

from __future__ import annotations

from functools import partial
from typing import cast

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.session import get_session

from infra.deployed_stage import DeployedStage
from projections.opensearch import OpenSearch, Service, connect


def search_of(stage: DeployedStage) -> OpenSearch:
    """The OpenSearch of a stage that has search.

    Raises:
        NoCredentialsError: the caller has none for AWS.
    """
    if stage.opensearch is not None:
        return connect(stage.opensearch, service=None)
    return connect(
        stage.outputs["SearchEndpoint"],
        service=service_of(stage),
        region=stage.region,
        credentials=operator_credentials(stage.outputs["SearchOperatorRoleArn"], stage.region),
    )


def service_of(stage: DeployedStage) -> Service | None:
    """What requests are signed for; None for the engine of a stack that runs here."""
    return None if stage.opensearch else cast("Service", stage.outputs["SearchService"])


def operator_credentials(role: str, region: str | None) -> Credentials:
    """The credentials of a role that the caller may assume: fetched when needed, and anew in time.

    Raises:
        NoCredentialsError: the caller has none.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    session = get_session()
    own = session.get_credentials()
    if own is None:
        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=partial(session.create_client, region_name=region),
        source_credentials=own,
        role_arn=role,
        extra_args={"RoleSessionName": "eventlog"},
    )
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
