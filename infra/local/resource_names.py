"""What a template's resources are called on this machine, where AWS would make up names.

Invariant: a name is the one that the template gives, or else follows from the logical id alone.
"""

import uuid
from collections.abc import Mapping
from typing import Any

ACCOUNT = "000000000000"

_GIVEN = (
    "BucketName",
    "DomainName",
    "FunctionName",
    "LogGroupName",
    "RoleName",
    "StageName",
    "TableName",
)
_ARNS = {
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::OpenSearchServerless::Collection": "arn:aws:aoss:{region}:{account}:collection/{name}",
    "AWS::OpenSearchService::Domain": "arn:aws:es:{region}:{account}:domain/{name}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
}

_NAMES = {
    ("AWS::OpenSearchServerless::Collection", "Id"),
    ("AWS::StepFunctions::StateMachine", "Name"),
}

Resource = Mapping[str, Any]


def physical_id(logical_id: str, resource: Resource) -> str:
    """A resource's name: the one that the template gives as plain text, or else its logical id."""
    properties = resource.get("Properties", {})
    given = [properties[key] for key in _GIVEN if isinstance(properties.get(key), str)]
    if given:
        return str(given[0])
    match resource["Type"]:
        case "AWS::Lambda::EventSourceMapping":
            return mapping_id(logical_id)
        case "AWS::OpenSearchService::Domain" | "AWS::S3::Bucket":  # which take no capital letters
            return logical_id.lower()
        case "AWS::Logs::LogGroup":
            return f"/aws/lambda/{logical_id}"
        case "AWS::IAM::ManagedPolicy":  # `Ref` gives its ARN
            return f"arn:aws:iam::{ACCOUNT}:policy/{logical_id}"
    return logical_id


def mapping_id(logical_id: str) -> str:
    """The UUID of an event source mapping: Lambda makes one at random, here it follows."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, logical_id))


def arn(service: str, name: str, *, region: str) -> str:
    """The ARN of what a service calls `name`."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{name}"


def attribute(logical_id: str, resource: Resource, name: str, *, region: str) -> str | None:
    """What `Fn::GetAtt` gives for a resource; None where it is not known here."""
    kind = resource["Type"]
    if (kind, name) == ("AWS::ApiGateway::RestApi", "RootResourceId"):
        return f"{logical_id}/"
    if (kind, name) == ("AWS::CloudFront::Distribution", "DomainName"):
        return f"{logical_id.lower()}.invalid"  # no browser gets the page there (RFC 6761)
    of = physical_id(logical_id, resource)
    if (kind, name) in _NAMES:
        return of
    if name != "Arn" or kind not in _ARNS:
        return None
    return _ARNS[kind].format(account=ACCOUNT, region=region, name=of)
