"""A permission to call some of the API's methods, for a team to attach to its own principals.

Invariant: it names each method, and nothing but `execute-api:Invoke`.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
"""

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.logical_id import pin_logical_id


class InvokePolicy(iam.ManagedPolicy):
    """A customer-managed policy that is attached to nobody; a path parameter may be anything."""

    def __init__(
        self, scope: Construct, id: str, *, methods: Sequence[apigateway.Method], description: str
    ) -> None:
        invoke = iam.PolicyStatement(
            actions=["execute-api:Invoke"], resources=[method.method_arn for method in methods]
        )
        super().__init__(scope, id, description=description, statements=[invoke])
        pin_logical_id(self, id)
