"""Where browsers get the explorer page on AWS: a private bucket, and CloudFront before it.

Invariant: nobody but this distribution reads the bucket, over TLS alone; what browsers are told
beside each file is what the local stack tells them.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
"""

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from api.explorer_page import PAGE, content_policy
from infra.explorer_settings import ExplorerDomainSettings, ExplorerSettings

_HSTS = Duration.days(365)


class ExplorerSite(Construct):
    """The page's bucket and its address; `origin`, as browsers name it, has no slash at the end.

    `api` is the address that the page may ask, with a slash at the end.
    """

    def __init__(self, scope: Construct, id: str, *, api: str, explorer: ExplorerSettings) -> None:
        super().__init__(scope, id)
        domain = explorer.domain
        self.bucket = _bucket(self)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(
                    self.bucket, origin_access_control=_access(self)
                ),
                # So no deployment has to invalidate anything; the files are few and small.
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                response_headers_policy=_headers(self, api),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            default_root_object=PAGE,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            comment=f"The explorer of {Stack.of(self).stack_name}",
            domain_names=[domain.name] if domain else None,
            certificate=_certificate(self, domain) if domain else None,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            web_acl_id=explorer.web_acl_arn,
        )
        if domain:
            _record(self, domain, distribution)
        self.origin = f"https://{domain.name if domain else distribution.domain_name}"


def _bucket(scope: Construct) -> s3.Bucket:
    """S3's own key, whatever the stage's: the files are public code, and CloudFront needs no key.

    They are made anew by each deployment, so they go with the stack, even where data is kept.
    """
    return s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=RemovalPolicy.DESTROY,
    )


def _access(scope: Construct) -> cloudfront.S3OriginAccessControl:
    return cloudfront.S3OriginAccessControl(
        scope, "Access", origin_access_control_name=_unique("explorer")
    )


def _headers(scope: Construct, api: str) -> cloudfront.ResponseHeadersPolicy:
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "Headers",
        response_headers_policy_name=_unique("explorer"),
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=content_policy(api), override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_HSTS, include_subdomains=False, override=True
            ),
        ),
    )


def _unique(name: str) -> str:
    """These names are taken for a whole account, in all regions; the stack's id is no other's."""
    return f"{name}-{Fn.select(2, Fn.split('/', Aws.STACK_ID))}"


def _certificate(scope: Construct, domain: ExplorerDomainSettings) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(scope, "Certificate", domain.certificate_arn)


def _record(
    scope: Construct, domain: ExplorerDomainSettings, distribution: cloudfront.Distribution
) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        scope,
        "Zone",
        hosted_zone_id=domain.hosted_zone_id,
        zone_name=domain.hosted_zone_name,
    )
    for id, record in (("Record", route53.ARecord), ("RecordOfIpv6", route53.AaaaRecord)):
        record(
            scope,
            id,
            zone=zone,
            record_name=f"{domain.name}.",  # absolute, so that no zone name is put after it
            target=route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution)),
        )
