"""How this machine's services are reached: addresses, and clients that need no credentials."""

from dataclasses import dataclass
from typing import Any

import boto3

_ANY = "local"  # the local engines take any credentials


@dataclass(frozen=True)
class LocalAws:
    """Where the local stack's services answer."""

    dynamodb: str
    s3: str
    region: str
    states: str | None = None

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of `dynamodb`, `dynamodbstreams`, `s3` or `stepfunctions`."""
        endpoints = {"s3": self.s3, "stepfunctions": self.states}
        endpoint = endpoints.get(service, self.dynamodb)
        if endpoint is None:  # never the real one
            raise ValueError(f"{service} does not run")
        return boto3.client(
            service,  # type: ignore[call-overload]  # one of four
            endpoint_url=endpoint,
            region_name=self.region,
            aws_access_key_id=_ANY,
            aws_secret_access_key=_ANY,
            **options,
        )

    def environment(self) -> dict[str, str]:
        """What makes the functions' own clients reach the same services.

        https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        return {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": _ANY,
            "AWS_SECRET_ACCESS_KEY": _ANY,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "AWS_ENDPOINT_URL_S3": self.s3,
        }
