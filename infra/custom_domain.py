"""The API under a name of its own: certificate, name, and record in the zone.

Invariant: the name stands for one stage, so no path has the stage in it.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
"""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.domain_settings import DomainSettings
from infra.tls import ACCESS_MODE, SECURITY_POLICY


class CustomDomain(Construct):
    """A domain name for an API's stage."""

    def __init__(
        self, scope: Construct, id: str, *, api: apigateway.RestApi, domain: DomainSettings
    ) -> None:
        super().__init__(scope, id)
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self,
            "Zone",
            hosted_zone_id=domain.hosted_zone_id,
            zone_name=domain.hosted_zone_name,
        )
        name = apigateway.DomainName(
            self,
            "Name",
            domain_name=domain.name,
            certificate=_certificate(self, domain, zone),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=SECURITY_POLICY,
            endpoint_access_mode=ACCESS_MODE,
        )
        name.add_base_path_mapping(api, stage=api.deployment_stage)
        route53.ARecord(
            self,
            "Record",
            zone=zone,
            record_name=f"{domain.name}.",  # absolute, so that no zone name is put after it
            target=route53.RecordTarget.from_alias(targets.ApiGatewayDomain(name)),
        )


def _certificate(
    scope: Construct, domain: DomainSettings, zone: route53.IHostedZone
) -> acm.ICertificate:
    if domain.certificate_arn is not None:
        return acm.Certificate.from_certificate_arn(scope, "Certificate", domain.certificate_arn)
    return acm.Certificate(
        scope,
        "Certificate",
        domain_name=domain.name,
        validation=acm.CertificateValidation.from_dns(zone),
    )
