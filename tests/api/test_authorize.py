"""The Lambda authorizer: which tokens count, and what their bearers may then call."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from jwt.utils import base64url_encode

from api.authorize import build
from api.issuer_keys import IssuerError, IssuerKeys
from api.tokens import Tokens
from tests.issuers import AUDIENCE, EC, OTHER_RSA, Issuer, running_issuer
from tests.telemetry import CONTEXT, Told

STAGE = "arn:aws:execute-api:eu-central-1:1:api/prod"
DISCOVERY = "/.well-known/openid-configuration"
WRITING = [f"{STAGE}/POST/events"]
PAGES = ("openapi.json", "docs", "docs/*", "problems/*")
_READ = ("events", "events/*", "types")
READING = [
    *(f"{STAGE}/{method}/{path}" for method in ("GET", "HEAD") for path in _READ),
    *(f"{STAGE}/{method}/{path}" for method in ("GET", "HEAD") for path in PAGES),
]
SEARCHING = [f"{STAGE}/{method}/search" for method in ("GET", "HEAD")]
UNAUTHORIZED = r"^Unauthorized$"  # the very text that API Gateway answers 401 to


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


def tokens_of(issuer: Issuer, *algorithms: str) -> Tokens:
    return Tokens(
        issuer=issuer.url,
        audience=AUDIENCE,
        algorithms=algorithms or ("RS256", "ES256"),
        keys=IssuerKeys(issuer.url),
    )


def authorized(
    issuer: Issuer, token: str, *, scheme: str = "Bearer", told: Told | None = None
) -> dict[str, Any]:
    request = {
        "type": "TOKEN",
        "authorizationToken": f"{scheme} {token}",
        "methodArn": f"{STAGE}/GET/events/a/b",
    }
    return build(tokens=tokens_of(issuer), telemetry=(told or Told()).telemetry)(request, CONTEXT)


@pytest.mark.parametrize(
    ("claims", "effect", "resources"),
    [
        ({"scope": "events/write"}, "Allow", WRITING),
        ({"scope": "openid events/read"}, "Allow", READING),
        ({"scope": "events/read events/write"}, "Allow", [*WRITING, *READING]),
        ({"scope": "events/search"}, "Allow", SEARCHING),
        ({"scp": ["events/write"]}, "Allow", WRITING),
        ({"scp": "events/read"}, "Allow", READING),
        ({"scope": "events/writers"}, "Deny", [f"{STAGE}/*"]),
        ({}, "Deny", [f"{STAGE}/*"]),
    ],
)
def test_scopes_are_what_the_bearer_may_call_in_the_whole_stage(
    issuer: Issuer, claims: dict[str, Any], effect: str, resources: list[str]
) -> None:
    answer = authorized(issuer, issuer.token(**claims))
    assert answer["principalId"] == "anna"
    [statement] = answer["policyDocument"]["Statement"]
    assert statement == {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resources}


def test_both_algorithms_count_and_the_keys_are_fetched_once(issuer: Issuer) -> None:
    tokens = tokens_of(issuer)
    for _ in range(3):
        assert tokens.claims(issuer.token()).subject == "anna"
        assert tokens.claims(issuer.token(EC, alg="ES256", kid="ec")).subject == "anna"
    assert issuer.asked == [DISCOVERY, "/keys"]


def test_an_algorithm_that_is_not_set_does_not_count(issuer: Issuer) -> None:
    with pytest.raises(Exception, match=UNAUTHORIZED):
        tokens_of(issuer, "RS256").claims(issuer.token(EC, alg="ES256", kid="ec"))


def tampered(issuer: Issuer) -> str:
    head, content, signature = issuer.token(scope="events/read").split(".")
    claims = json.loads(base64.urlsafe_b64decode(content + "=="))
    changed = json.dumps(claims | {"scope": "events/write"}).encode()
    return f"{head}.{base64url_encode(changed).decode()}.{signature}"


WRONG: dict[str, Callable[[Issuer], str]] = {
    "forged": lambda issuer: issuer.token(OTHER_RSA),
    "tampered": tampered,
    "expired": lambda issuer: issuer.token(exp=1_700_000_000),
    "not yet valid": lambda issuer: issuer.token(nbf=4_000_000_000),
    "without expiry": lambda issuer: issuer.token(exp=None),
    "for another audience": lambda issuer: issuer.token(aud="billing"),
    "for no audience": lambda issuer: issuer.token(aud=None),
    "by another issuer": lambda issuer: issuer.token(iss="https://issuer.test"),
    "by no issuer": lambda issuer: issuer.token(iss=None),
    "without subject": lambda issuer: issuer.token(sub=None),
    "alg none": lambda issuer: issuer.unsigned(alg="none"),
    "alg none in capitals": lambda issuer: issuer.unsigned(alg="NONE"),
    "key-confused": lambda issuer: issuer.confused(),
    "of another algorithm of the key": lambda issuer: issuer.token(alg="RS512"),
    "with another kind of key": lambda issuer: issuer.token(EC, alg="ES256", kid="rsa"),
    "with an unknown key": lambda issuer: issuer.token(kid="unknown"),
    "with no key named": lambda issuer: issuer.token(kid=None),
    "its own key": lambda issuer: jwt.encode(
        {"sub": "eve"}, OTHER_RSA, "RS256", {"kid": "x", "jwk": issuer.keys[0]}
    ),
    "no token": lambda _: "abc",
    "empty": lambda _: "",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_is_wrong_is_unauthorized(issuer: Issuer, what: str) -> None:
    with pytest.raises(Exception, match=UNAUTHORIZED):
        authorized(issuer, WRONG[what](issuer))


def test_another_scheme_is_unauthorized(issuer: Issuer) -> None:
    assert authorized(issuer, issuer.token(), scheme="bearer")["principalId"] == "anna"
    with pytest.raises(Exception, match=UNAUTHORIZED):
        authorized(issuer, issuer.token(), scheme="Basic")


def test_unknown_keys_do_not_make_it_fetch_again_and_again(issuer: Issuer) -> None:
    tokens = tokens_of(issuer)
    for number in range(5):
        with pytest.raises(Exception, match=UNAUTHORIZED):
            tokens.claims(issuer.token(kid=f"unknown-{number}"))
    assert issuer.asked == [DISCOVERY, "/keys"]


@pytest.mark.parametrize(
    "says", [{"issuer": "https://elsewhere.test"}, {"jwks_uri": "file:///etc/passwd"}]
)
def test_an_issuer_that_speaks_for_another_is_not_believed(
    issuer: Issuer, says: dict[str, str]
) -> None:
    issuer.says = says
    with pytest.raises(IssuerError):
        authorized(issuer, issuer.token())


@pytest.mark.parametrize("path", [DISCOVERY, "/keys"])
def test_a_redirect_is_not_followed(issuer: Issuer, path: str) -> None:
    issuer.moved = {path: f"{issuer.url}/elsewhere"}
    with pytest.raises((OSError, jwt.PyJWKClientConnectionError)):
        authorized(issuer, issuer.token())
    assert "/elsewhere" not in issuer.asked


def test_an_issuer_out_of_reach_is_a_failure_and_no_refusal(issuer: Issuer) -> None:
    token = issuer.token()
    issuer.says = {"jwks_uri": "http://127.0.0.1:9/keys"}
    with pytest.raises(jwt.PyJWKClientConnectionError):
        authorized(issuer, token)
