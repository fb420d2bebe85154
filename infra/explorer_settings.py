"""The explorer page on AWS, where a stage has one: a name of its own, and a firewall before it.

CloudFront is in no region: what it is given beside the bucket is kept in us-east-1.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

from pydantic import Field, field_validator

from infra.domain_settings import CERTIFICATE, DomainSettings
from infra.strict_model import StrictModel

_REGION = "us-east-1"


class ExplorerDomainSettings(DomainSettings):
    """A name in a public hosted zone of Route 53, in the same account."""

    name: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$",
        description="The page's name, such as `explorer.example.com`; its records are made.",
    )
    certificate_arn: str = Field(
        pattern=CERTIFICATE,
        description="A certificate of the name, in us-east-1: CloudFront looks for it there alone.",
    )

    @field_validator("certificate_arn")
    @classmethod
    def _where_cloudfront_looks(cls, arn: str) -> str:
        region = arn.split(":")[3]
        if region != _REGION:
            raise ValueError(f"CloudFront takes certificates of {_REGION} alone, not of {region}")
        return arn


class ExplorerSettings(StrictModel):
    """The page's files behind CloudFront; what they show comes from the API, as to all callers."""

    domain: ExplorerDomainSettings | None = Field(
        default=None,
        description="The page's own domain name, where it has one; without it, CloudFront's, which "
        "takes TLS 1.0 too.",
    )
    web_acl_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:[a-z]+/webacl/[\w-]+/[a-f0-9-]+$",
        description="A web ACL of AWS WAF of scope `CLOUDFRONT`, such as one that lets some "
        "networks in alone; without it, anyone gets the page, which has nothing of the log in it.",
    )

    @field_validator("web_acl_arn")
    @classmethod
    def _of_cloudfront(cls, arn: str | None) -> str | None:
        parts = (arn or f":::{_REGION}::global/").split(":")
        if (parts[3], parts[5].partition("/")[0]) != (_REGION, "global"):
            raise ValueError(f"a web ACL before CloudFront has scope CLOUDFRONT, in {_REGION}")
        return arn
