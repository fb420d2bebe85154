"""What the policies of a deployment may hold besides one action on one resource, each with why.

Invariant: what is not here is not granted; what is here is granted by some stage or option, else
`test_policies.py` fails.
"""

from collections.abc import Mapping

WILDCARDS: Mapping[tuple[str, str], str] = {
    ("xray:PutTraceSegments", "*"): "IAM knows no narrower resource for it; it writes traces and"
    " reads none.",
    ("xray:PutTelemetryRecords", "*"): "As with trace segments.",
    ("dynamodb:ListStreams", "*"): "IAM knows no narrower resource for it; it tells streams' names"
    " and no record.",
    ("s3:PutObject", "parking/parked/by-type/*"): "A parked record's key begins with its"
    " projection and ends in what is known only then.",
    ("s3:PutObject", "parking/aws/lambda/*"): "Lambda chooses the key of what it gives up, under a"
    " prefix of its own.",
    ("s3:GetObject", "exports/exports/*"): "DynamoDB names an export's files when it makes them.",
    ("s3:PutObject", "exports/exports/*"): "DynamoDB names an export's files when it makes them.",
    ("s3:PutObjectAcl", "exports/exports/*"): "An export asks for it with each file; the bucket"
    " takes no ACL that opens anything.",
    ("s3:AbortMultipartUpload", "exports/exports/*"): "A failed export removes its own parts.",
    ("s3:PutObject", "exports/results/*"): "Step Functions names the files of a run's results.",
    ("s3:GetObject", "exports/results/*"): "Step Functions reads its own results to join them.",
    ("s3:AbortMultipartUpload", "exports/results/*"): "A failed run removes its own parts.",
    ("s3:ListMultipartUploadParts", "exports/results/*"): "Results are written part by part.",
    ("dynamodb:DescribeExport", "log/export/*"): "An export's id is known only once it runs.",
    (
        "states:DescribeExecution",
        "arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution:rebuild:*",
    ): "Each file is an execution of its own, of this one state machine.",
    (
        "execute-api:Invoke",
        "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:rest api/stage/GET/events/*",
    ): "The wildcard stands for an event's id: whoever may read, may read each.",
}
"""Actions on resources with a wildcard, as `Template.named` calls them."""

_KEY_PATTERN = "AWS's page for the service names the pattern; the condition names who uses it."

WILDCARD_ACTIONS: Mapping[tuple[str, str], str] = {
    ("KMS::Key", "kms:*"): "The account's administrators keep the key manageable: IAM says who.",
    ("KMS::Key", "kms:GenerateDataKey*"): _KEY_PATTERN,
    ("KMS::Key", "kms:ReEncrypt*"): _KEY_PATTERN,
}
"""Actions with a wildcard that a kind of policy allows."""

ASSUMED_BY: Mapping[str, str] = {
    "lambda.amazonaws.com": "runs the functions",
    "states.amazonaws.com": "runs the distributed rebuild",
}
"""Services that may assume roles."""

_LOGS = "logs.AWS::Region.AWS::URLSuffix"
_LOG_KEY_ACTIONS = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*")

LET_IN: Mapping[tuple[str, str, str], str] = {
    ("SNS::TopicPolicy", "cloudwatch.amazonaws.com", "sns:Publish"): "alarms reach the topic",
    ("KMS::Key", "cloudwatch.amazonaws.com", "kms:Decrypt"): "the topic is encrypted",
    ("KMS::Key", "cloudwatch.amazonaws.com", "kms:GenerateDataKey*"): "the topic is encrypted",
    **{
        ("KMS::Key", _LOGS, f"kms:{action}"): "encrypts the log groups of this stack"
        for action in _LOG_KEY_ACTIONS
    },
}
"""Services that a resource's own policy lets in, for this account alone."""

OWN_ACCOUNT: Mapping[str, str] = {
    "KMS::Key": "without it nobody could administer the key, and IAM says who may",
}
"""Kinds of policy that let in this account, whose IAM then says which of its principals."""

INVOKED_BY: Mapping[str, str] = {
    "apigateway.amazonaws.com": "calls the functions behind its methods, and the authorizer",
}
"""Services that may invoke functions, each for a resource that is named."""

OPEN_TO_ALL: Mapping[tuple[str, str], str] = {
    ("ApiGateway::RestApi", "execute-api:Invoke"): "a policy that denies other networks closes an"
    " API without authorizer, or with a user pool, unless it allows the rest",
}
"""Actions that a resource's own policy allows to anyone, always beside a denial."""

LOG_CHANGES = (
    *("BatchWriteItem", "DeleteItem", "DeleteTable", "ImportTable", "PartiQLDelete"),
    *("PartiQLUpdate", "PutItem", "RestoreTableFromBackup", "RestoreTableToPointInTime"),
    *("TransactWriteItems", "UpdateItem", "UpdateTable", "UpdateTimeToLive"),
)
"""Calls that change or remove what is in the log, or let it be removed: nobody's."""
