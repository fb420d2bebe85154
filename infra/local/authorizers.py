"""The authorizers that the template's methods name, ready to be asked on this machine."""

from collections.abc import Mapping
from pathlib import Path

from infra.local.authorization import OPEN, Authorizer
from infra.local.gateway import Invoke
from infra.local.iam_authorizer import AWS_IAM, IamAuthorizer
from infra.local.principals import CREDENTIALS_FILE, local_principals
from infra.local.template import Template
from infra.local.token_authorizer import CUSTOM, TokenAuthorizers


def authorizers_of(template: Template, data: Path, *, invoke: Invoke) -> Mapping[str, Authorizer]:
    """One per authorization type in use; users are made in `data` where IAM is one."""
    api = template.api()
    types = {route.authorization for route in api.routes}
    found = dict(OPEN)
    if CUSTOM in types:
        found[CUSTOM] = TokenAuthorizers(api=api, region=template.region, invoke=invoke)
    if AWS_IAM in types:
        found[AWS_IAM] = _iam(template, data)
    return found


def _iam(template: Template, data: Path) -> IamAuthorizer:
    principals = local_principals(template.managed_policies(), data / CREDENTIALS_FILE)
    return IamAuthorizer(principals, api=template.api(), region=template.region)
