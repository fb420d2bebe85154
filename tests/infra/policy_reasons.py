"""What the policies of a deployment may hold besides one action on one resource, each with why.

Invariant: what is not here is not granted; what is here is granted by some stage or option, else
`test_policies.py` fails.
"""

from collections.abc import Mapping

_MONTHS = tuple(f"domain/events-search-{'?' * digits}-????.??" for digits in (1, 2, 3))
_A_MONTH = (
    "Question marks stand for generation and month, each for one character: nothing longer, such as"
    " a document's path, fits."
)
_OPERATES = "Operators make, move and remove whatever is the projection's, and nothing else."
_INTERFACE = (
    "Lambda names the network interface when it makes it, in a stage whose domain is in a VPC."
)
_SET_UP = "The setup names what it installs after the projection; other roles and policies stay."

_STAGE = "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:rest api/stage"

SEARCH_WILDCARDS: Mapping[tuple[str, str], str] = {
    **{("es:ESHttpPost", f"{month}/_bulk"): _A_MONTH for month in _MONTHS},
    **{("es:ESHttpGet", f"{month}/_mapping"): _A_MONTH for month in _MONTHS},
    **{("es:ESHttpPut", f"{month}/_mapping"): _A_MONTH for month in _MONTHS},
    **{("es:ESHttpPut", month): _A_MONTH for month in _MONTHS},
    ("es:ESHttpGet", "domain/_index_template/events-search-*"): "A template for each generation.",
    ("es:ESHttpGet", "domain/_alias/events-search*"): "Two names in one path, whose comma may be"
    " encoded.",
    ("es:ESHttpPut", "domain/_index_template/events-search-*"): _SET_UP,
    **{
        ("es:ESHttpPut", f"domain/_plugins/_security/api/{kind}/events-search-*"): _SET_UP
        for kind in ("roles", "rolesmapping")
    },
    **{
        ("es:ESHttpPost", f"domain/_plugins/_ism/{what}/events-search-*"): _SET_UP
        for what in ("add", "change_policy")
    },
    **{
        (f"es:ESHttp{method}", f"domain/{path}"): _OPERATES
        for method in ("Delete", "Get", "Head", "Post", "Put")
        for path in ("events-search*", "_dashboards*")
    },
    ("es:ESHttpDelete", "domain/_index_template/events-search-*"): _OPERATES,
    ("es:ESHttpPost", "domain/_search*"): "Pages of a search go on by an id, without an index.",
    **{
        ("es:ESHttpGet", f"domain/{path}"): "Operators look at the domain's state."
        for path in ("_alias*", "_cat/*", "_cluster/health*", "_plugins/_ism/*")
    },
    **{
        (f"ec2:{action}", "*"): _INTERFACE
        for action in (
            *("AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"),
            *("DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses"),
        )
    },
    ("s3:PutObject", "parking/parked/search/*"): "A parked record's key begins with its projection"
    " and ends in what is known only then.",
}
"""Of a stage with search; what the paths allow in a domain, OpenSearch Security narrows again."""

WILDCARDS: Mapping[tuple[str, str], str] = {
    **SEARCH_WILDCARDS,
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
    **{
        (f"s3:{action}", "page/*"): "The page's files, whose names change with its code; nothing"
        " else is in that bucket."
        for action in ("DeleteObject", "PutObject")
    },
    ("dynamodb:DescribeExport", "log/export/*"): "An export's id is known only once it runs.",
    (
        "states:DescribeExecution",
        "arn:AWS::Partition:states:AWS::Region:AWS::AccountId:execution:rebuild:*",
    ): "Each file is an execution of its own, of this one state machine.",
    **{
        (
            "execute-api:Invoke",
            f"{_STAGE}/{method}/events/*",
        ): "The wildcard stands for an event's id: whoever may read, may read each."
        for method in ("GET", "HEAD")
    },
    **{
        (
            "execute-api:Invoke",
            f"{_STAGE}/{method}/{pages}/*",
        ): "The wildcard stands for a page's name, where pages are for those who may read."
        for method in ("GET", "HEAD")
        for pages in ("docs", "problems")
    },
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
    "this account": "its policies say who is an operator of search, and who an analyst",
    "cognito-identity.amazonaws.com": "analysts sign in to Dashboards, by one identity pool",
}
"""Services that may assume roles, and whom else a role's policy lets."""

_LOGS = "logs.AWS::Region.AWS::URLSuffix"
_LOG_KEY_ACTIONS = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*")

LET_IN: Mapping[tuple[str, str, str], str] = {
    ("SNS::TopicPolicy", "cloudwatch.amazonaws.com", "sns:Publish"): "alarms reach the topic",
    ("S3::BucketPolicy", "cloudfront.amazonaws.com", "s3:GetObject"): "one distribution serves the"
    " explorer's page",
    **{
        ("Logs::ResourcePolicy", "es.amazonaws.com", f"logs:{action}"): "a domain writes its logs"
        for action in ("CreateLogStream", "PutLogEvents")
    },
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
    "events.amazonaws.com": "once a day, has a collection's old months deleted",
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
