"""Logical ids of what holds data.

Invariant: CloudFormation takes a resource under another logical id for a new, empty one; what holds
data keeps its id whatever becomes of the constructs around it.
"""

from typing import cast

from aws_cdk import CfnResource
from constructs import Construct


def pin_logical_id(resource: Construct, logical_id: str) -> None:
    """Keep the logical id of a construct's own resource."""
    cast("CfnResource", resource.node.default_child).override_logical_id(logical_id)
