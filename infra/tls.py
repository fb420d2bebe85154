"""Which TLS the API takes: 1.3 and, with forward secrecy only, 1.2.

Left alone, an API of a region takes TLS 1.0. This policy is the strictest of those that still take
1.2, which SDKs of today may need; its key exchange holds against quantum computers where the client
can do that too. STRICT also refuses a request whose `Host` is not the name of its TLS handshake.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
"""

from aws_cdk import aws_apigateway as apigateway

SECURITY_POLICY = apigateway.SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09
ACCESS_MODE = apigateway.EndpointAccessMode.STRICT


def require_tls(api: apigateway.CfnRestApi) -> None:
    """Let an API's own endpoint take no other."""
    api.security_policy = f"SecurityPolicy_{SECURITY_POLICY.value}"
    api.endpoint_access_mode = ACCESS_MODE.value
