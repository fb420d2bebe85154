"""The stage's own key for all that it keeps, where a stage wants one.

Invariant: nobody uses the key but through a service, for this stack; the account's IAM decides who
administers it. It lives as long as the data that it encrypts.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from collections.abc import Iterator, Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.log_group import FIREWALL_LOGS
from infra.logical_id import pin_logical_id
from infra.settings import Settings

_WAIT = Duration.days(30)
_ANY = ["*"]  # in a key policy, the key that it is the policy of
_S3_NEEDS = {
    "s3:GetObject": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
    "s3:AbortMultipartUpload": "kms:Decrypt",  # who uploads in parts reads them again
}


class EncryptionKey(kms.Key):
    """A symmetric key, rotated every year."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        keep = settings.protect_data
        super().__init__(
            scope,
            id,
            description=f"Data of {settings.project}-{settings.stage}",
            enable_key_rotation=True,
            pending_window=_WAIT,
            policy=iam.PolicyDocument(statements=[_account(), _logs(), _alarms()]),
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        pin_logical_id(self, id)


def encryption_key(scope: Construct, id: str, *, settings: Settings) -> EncryptionKey | None:
    """The stage's key; None where AWS's own keys do."""
    if settings.encryption == "aws-owned":
        return None
    return EncryptionKey(scope, id, settings=settings)


def key_grants(key: kms.IKey | None, actions: Sequence[str]) -> Iterator[iam.PolicyStatement]:
    """What a role needs of the key besides these actions on what it encrypts.

    DynamoDB decrypts a table's own key in the caller's name, to read and to write alike; S3 asks
    for a data key to write and decrypts it to read.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """
    if key is None:
        return
    needs = {("s3", _S3_NEEDS[action]) for action in actions if action in _S3_NEEDS}
    needs |= {("dynamodb", "kms:Decrypt") for action in actions if action.startswith("dynamodb:")}
    for service, action in sorted(needs):
        via = f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}"
        yield iam.PolicyStatement(
            actions=[action],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": via}},
        )


def _account() -> iam.PolicyStatement:
    """Without it nobody could administer the key, nor could a role's policy allow its use."""
    return iam.PolicyStatement(
        principals=[iam.AccountRootPrincipal()], actions=["kms:*"], resources=_ANY
    )


def _logs() -> iam.PolicyStatement:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""
    group = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:"
    groups = [f"{group}{before}{Aws.STACK_NAME}-*" for before in ("", FIREWALL_LOGS)]
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.{Aws.URL_SUFFIX}")],
        actions=[
            *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
            *("kms:GenerateDataKey*", "kms:ReEncrypt*"),
        ],
        resources=_ANY,
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def _alarms() -> iam.PolicyStatement:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=_ANY,
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
