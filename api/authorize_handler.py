"""The authorizer Lambda: wiring only."""

import os

from api.authorize import build
from api.issuer_keys import IssuerKeys
from api.tokens import Tokens
from domain import config
from domain.telemetry import telemetry

handler = build(
    tokens=Tokens(
        issuer=os.environ[config.JWT_ISSUER],
        audience=os.environ[config.JWT_AUDIENCE],
        algorithms=os.environ[config.JWT_ALGORITHMS].split(","),
        keys=IssuerKeys(os.environ[config.JWT_ISSUER]),
    ),
    telemetry=telemetry(
        "authorize",
        level=os.environ[config.LOG_LEVEL],
        namespace=os.environ[config.METRICS_NAMESPACE],
    ),
)
