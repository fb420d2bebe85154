"""What an access needs of the key that its resource is encrypted with.

Invariant: whoever uses a customer-managed key through a service needs the right to, as on AWS.
DynamoDB decrypts a table's own key in the caller's name, to read and to write alike.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from collections.abc import Iterator, Mapping

from infra.local.iam_actions import Access

_NO_DATA = ("dynamodb:Describe", "dynamodb:List")
_S3 = {
    "s3:GetObject": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
    "s3:AbortMultipartUpload": "kms:Decrypt",  # of what was uploaded in parts
}


def key_uses(access: Access, keys: Mapping[str, str]) -> Iterator[Access]:
    """What must be allowed besides; `keys` has the key's ARN by its table's or bucket's."""
    service = access.action.partition(":")[0]
    action = _S3.get(access.action)
    if service == "dynamodb" and not access.action.startswith(_NO_DATA):
        action = "kms:Decrypt"
    for resource, key in keys.items():
        if action and (access.resource == resource or access.resource.startswith(f"{resource}/")):
            yield Access(action, key, via=service)
