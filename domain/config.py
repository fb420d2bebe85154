"""Every environment variable of the functions, once: CDK sets them, the Lambdas read them."""

EVENTS_TABLE = "EVENTS_TABLE"
"""Name of the log table."""

EVENTS_BY_TYPE_TABLE = "EVENTS_BY_TYPE_TABLE"
"""Name of the by-type projection's table."""

TYPE_SHARDS = "TYPE_SHARDS"
"""Number of partitions that one type's listing is spread over."""

PARKING_BUCKET = "PARKING_BUCKET"
"""Name of the bucket that keeps what a projection cannot take."""

EXPORT_BUCKET = "EXPORT_BUCKET"
"""Name of the bucket that exports of the log are in."""

SEARCH_ENDPOINT = "SEARCH_ENDPOINT"
"""Where OpenSearch is: a URL, or a host name that is reached by HTTPS."""

SEARCH_SERVICE = "SEARCH_SERVICE"
"""What requests to OpenSearch are signed for: `es`, OpenSearch Service, or `aoss`, Serverless."""

SEARCH_ROLES = "SEARCH_ROLES"
"""Who may do what in a domain: JSON, the role's name in OpenSearch → ARN of the IAM role."""

SEARCH_RETENTION_MONTHS = "SEARCH_RETENTION_MONTHS"
"""Whole months that stay searchable after the running one; 0 for all."""

CURSOR_KEY = "CURSOR_KEY"
"""Text that cursors are signed with: unknown to callers, the same for the life of the stack."""

JWT_ISSUER = "JWT_ISSUER"
"""The OpenID Connect issuer whose tokens the authorizer believes."""

JWT_AUDIENCE = "JWT_AUDIENCE"
"""The audience that a token must be for."""

JWT_ALGORITHMS = "JWT_ALGORITHMS"
"""The signature algorithms that count, separated by commas."""

ALLOWED_ORIGINS = "ALLOWED_ORIGINS"
"""The origins whose scripts may read answers in a browser, separated by spaces; often none."""

EXPLORER_BUCKET = "EXPLORER_BUCKET"
"""Name of the bucket that the explorer page's files are served from."""

EXPLORER_STAGE = "EXPLORER_STAGE"
"""What the explorer page is told of its stage, as JSON: the API's address, what callers need."""

LOG_LEVEL = "POWERTOOLS_LOG_LEVEL"
"""Level from which on a function writes lines to its log."""

METRICS_NAMESPACE = "METRICS_NAMESPACE"
"""CloudWatch namespace of the metrics: the stack's name."""
