"""Prices of us-east-1 on demand, without free tiers and discounts.

AWS's pages fill in their prices by script; those of requests, Lambda, DynamoDB's units, WAF,
Firehose, alarms, dashboards, log ingestion and data out were found in other sources that name the
page, the others are as known. Those that the dashboard counts with are in `infra/prices.py`.
Another region's are written there and here, then `python -m infra.cost`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra import prices

LOOKED_UP = "2026-11-24"
REGION = "us-east-1"
_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """`dollars` for one `unit`; `page` is AWS's own, below https://aws.amazon.com/."""

    dollars: float
    unit: str
    page: str


PRICES: Mapping[str, Price] = {
    "REST API requests": Price(
        _MILLION * prices.API_REQUEST, "million requests", "api-gateway/pricing"
    ),
    "Lambda requests": Price(
        _MILLION * prices.LAMBDA_REQUEST, "million requests", "lambda/pricing"
    ),
    "Lambda time, arm64": Price(prices.LAMBDA_GB_SECOND, "GB-second", "lambda/pricing"),
    "DynamoDB writes": Price(
        _MILLION * prices.DYNAMODB_WRITE_UNIT, "million write units", "dynamodb/pricing/on-demand"
    ),
    "DynamoDB reads": Price(
        _MILLION * prices.DYNAMODB_READ_UNIT, "million read units", "dynamodb/pricing/on-demand"
    ),
    "DynamoDB storage": Price(0.25, "GB-month", "dynamodb/pricing/on-demand"),
    "DynamoDB point-in-time recovery": Price(0.20, "GB-month", "dynamodb/pricing/on-demand"),
    "CloudWatch logs, ingested": Price(0.50, "GB", "cloudwatch/pricing"),
    "CloudWatch alarm": Price(0.10, "metric and month", "cloudwatch/pricing"),
    "CloudWatch composite alarm": Price(0.50, "month", "cloudwatch/pricing"),
    "CloudWatch dashboard": Price(3.00, "month", "cloudwatch/pricing"),
    "Data out to the internet": Price(0.09, "GB", "ec2/pricing/on-demand"),
    "WAF web ACL": Price(5.00, "month", "waf/pricing"),
    "WAF rule": Price(1.00, "month", "waf/pricing"),
    "WAF requests": Price(0.60, "million requests", "waf/pricing"),
    "KMS key": Price(1.00, "month", "kms/pricing"),
    "Kinesis stream, on demand": Price(0.04, "hour", "kinesis/data-streams/pricing"),
    "Kinesis data in": Price(0.08, "GB", "kinesis/data-streams/pricing"),
    "Kinesis data out": Price(0.04, "GB", "kinesis/data-streams/pricing"),
    "Firehose data in": Price(0.029, "GB", "firehose/pricing"),
    "OpenSearch node, t3.small.search": Price(0.036, "hour", "opensearch-service/pricing"),
    "OpenSearch node, m6g.large.search": Price(0.128, "hour", "opensearch-service/pricing"),
    "OpenSearch node, r6g.large.search": Price(0.167, "hour", "opensearch-service/pricing"),
    "OpenSearch storage, gp3": Price(0.122, "GB-month", "opensearch-service/pricing"),
    "OpenSearch Serverless capacity": Price(0.24, "OCU-hour", "opensearch-service/pricing"),
    "S3 storage": Price(0.023, "GB-month", "s3/pricing"),
}
