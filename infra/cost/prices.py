"""Prices of us-east-1 on demand, without free tiers and discounts.

AWS's pages fill in their prices by script; each was looked up in at least one other source that
names the page. Another region's are written here, then `python -m infra.cost`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LOOKED_UP = "2026-11-24"
REGION = "us-east-1"


@dataclass(frozen=True)
class Price:
    """`dollars` for one `unit`; `page` is AWS's own, below https://aws.amazon.com/."""

    dollars: float
    unit: str
    page: str


PRICES: Mapping[str, Price] = {
    "REST API requests": Price(3.50, "million requests", "api-gateway/pricing"),
    "Lambda requests": Price(0.20, "million requests", "lambda/pricing"),
    "Lambda time, arm64": Price(0.0000133334, "GB-second", "lambda/pricing"),
    "DynamoDB writes": Price(0.625, "million write units", "dynamodb/pricing/on-demand"),
    "DynamoDB reads": Price(0.125, "million read units", "dynamodb/pricing/on-demand"),
    "DynamoDB storage": Price(0.25, "GB-month", "dynamodb/pricing/on-demand"),
    "DynamoDB point-in-time recovery": Price(0.20, "GB-month", "dynamodb/pricing/on-demand"),
    "CloudWatch logs, ingested": Price(0.50, "GB", "cloudwatch/pricing"),
    "CloudWatch alarm": Price(0.10, "month", "cloudwatch/pricing"),
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
    "S3 storage": Price(0.023, "GB-month", "s3/pricing"),
}
