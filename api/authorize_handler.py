"""The authorizer Lambda: wiring only."""

import os

from api.authorize import build
from api.issuer_keys import IssuerKeys
from api.tokens import Tokens
from domain import config

handler = build(
    tokens=Tokens(
        issuer=os.environ[config.JWT_ISSUER],
        audience=os.environ[config.JWT_AUDIENCE],
        algorithms=os.environ[config.JWT_ALGORITHMS].split(","),
        keys=IssuerKeys(os.environ[config.JWT_ISSUER]),
    )
)
