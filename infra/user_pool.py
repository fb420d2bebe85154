"""The Cognito user pool whose tokens the API takes: one that is there already, or one of its own.

Invariant: a pool of its own knows the two scopes, lets nobody sign up by themselves, and lives as
long as the stage's data. Its clients are made by those who run it, one for each producer.
"""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from api.scopes import READ, RESOURCE, SEARCH, WRITE
from infra.caller_settings import CognitoSettings
from infra.logical_id import pin_logical_id
from infra.settings import Settings

_PASSWORD_CHARACTERS = 14
_SCOPES = ((WRITE, "Append events"), (READ, "Read events"), (SEARCH, "Search events"))


def user_pool(
    scope: Construct, id: str, *, pool: CognitoSettings, settings: Settings
) -> cognito.IUserPool:
    """The stage's pool; one that is there already must know the scopes."""
    if pool.user_pool_arn is not None:
        return cognito.UserPool.from_user_pool_arn(scope, id, pool.user_pool_arn)
    made = cognito.UserPool(
        scope,
        id,
        self_sign_up_enabled=False,
        sign_in_aliases=cognito.SignInAliases(email=True),
        password_policy=cognito.PasswordPolicy(min_length=_PASSWORD_CHARACTERS),
        deletion_protection=settings.protect_data,
        removal_policy=RemovalPolicy.RETAIN if settings.protect_data else RemovalPolicy.DESTROY,
    )
    pin_logical_id(made, id)
    made.add_resource_server(
        "Events",
        identifier=RESOURCE,
        scopes=[
            cognito.ResourceServerScope(scope_name=name.partition("/")[2], scope_description=text)
            for name, text in _SCOPES
        ],
    )
    return made
