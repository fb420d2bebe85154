"""A stage whose callers bear tokens, on the whole stack, with an issuer on this machine."""

from collections.abc import Iterator

import httpx
import pytest

from infra.local.engines import dynamodb_local
from infra.local.stack import running
from infra.local.stores import Engines
from infra.settings import STAGES, Settings
from tests.issuers import AUDIENCE, OTHER_RSA, Issuer, running_issuer

EVENT = {"id": "e1", "type": "t", "payload": 1}
APP = "https://app.example.com"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def client(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    jwt = {"issuer": issuer.url, "audience": AUDIENCE}
    edge = {"allowed_origins": [APP]}
    given = STAGES["dev"].model_dump() | {"authorizer": "jwt", "jwt": jwt, "edge": edge}
    data = tmp_path_factory.mktemp("bearer")
    with (
        dynamodb_local(logs=data / "engine") as engine,
        running(
            Settings.model_validate(given),
            port=0,
            data=data,
            engines=Engines(dynamodb_endpoint=engine.endpoint),
        ) as stack,
        httpx.Client(base_url=stack.facts.api, timeout=60) as client,
    ):
        yield client
        assert stack.guard_report().refused == []


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_scopes_separate_writing_from_reading(client: httpx.Client, issuer: Issuer) -> None:
    writer = bearing(issuer.token(scope="events/write", sub="shop"))
    reader = bearing(issuer.token(scope="events/read"))
    assert client.post("/events", json=EVENT, headers=reader).status_code == 403
    created = client.post("/events", json=EVENT, headers=writer)
    assert (created.status_code, created.json()["recorded_by"]) == (201, "shop")
    assert client.get("/events/e1", headers=writer).status_code == 403
    assert client.get("/events/e1", headers=reader).json() == created.json()


def test_without_a_good_token_it_is_401_and_a_problem(client: httpx.Client, issuer: Issuer) -> None:
    scope = "events/write events/read"
    for headers in (
        {},
        {"Authorization": "Basic YTpi"},
        bearing(issuer.token(OTHER_RSA, scope=scope)),
        bearing(issuer.token(scope=scope, exp=1_700_000_000)),
        bearing(issuer.token(scope=scope, aud="billing")),
        bearing(issuer.unsigned(alg="none")),
        bearing(issuer.confused()),
    ):
        answer = client.post("/events", json=EVENT | {"id": "e2"}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/events/e2", headers=bearing(issuer.token(scope=scope))).status_code == 404


def test_a_script_of_an_allowed_origin_asks_first_and_reads_every_answer(
    client: httpx.Client, issuer: Issuer
) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Origin": APP}
    preflight = client.options("/events", headers=asks)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers[ALLOWED] == APP
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert (
        ALLOWED
        not in client.options("/events", headers=asks | {"Origin": "https://x.test"}).headers
    )

    reader = bearing(issuer.token(scope="events/read")) | {"Origin": APP}
    assert client.get("/types", headers=reader).headers[ALLOWED] == APP
    refused = client.get("/types", headers={"Origin": APP})
    assert (refused.status_code, refused.headers[ALLOWED]) == (401, APP)
