"""The authorizers that the template's methods name, ready to be asked on this machine."""

from collections.abc import Mapping
from pathlib import Path

from infra.local.authorization import OPEN, Authorizer
from infra.local.iam_authorizer import AWS_IAM, IamAuthorizer
from infra.local.principals import CREDENTIALS_FILE, local_principals
from infra.local.template import Template


def authorizers_of(template: Template, data: Path) -> Mapping[str, Authorizer]:
    """One per authorization type in use; users are made in `data` where IAM is one."""
    api = template.api()
    if all(route.authorization in OPEN for route in api.routes):
        return OPEN
    principals = local_principals(template.managed_policies(), data / CREDENTIALS_FILE)
    return {**OPEN, AWS_IAM: IamAuthorizer(principals, api=api, region=template.region)}
