"""What the commands send to prove who they are, and that they keep it to themselves."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from infra.api_target import BadCredentialError, api_target
from infra.cli import app

API = "https://api.test"
BEARER = "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl"


def sent(address: str = API, *, token: str | None = None, key: str | None = None) -> httpx.Headers:
    """The headers of a request that a command would send."""
    target = api_target(address, data=Path(), sign=False, token=token, api_key=key)
    with target.client(timeout=1) as client:
        request = client.build_request("GET", "/types")
        auth = target.auth or httpx.Auth()
        return next(auth.sync_auth_flow(request)).headers


def test_a_token_and_a_key_are_sent_as_the_api_reads_them() -> None:
    headers = sent(token=f" {BEARER}\n", key="k" * 40)
    assert headers["Authorization"] == f"Bearer {BEARER}"
    assert headers["x-api-key"] == "k" * 40
    assert not {"authorization", "x-api-key"} & set(sent())


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_this_machine_may_be_reached_in_the_clear(address: str) -> None:
    assert sent(address, token=BEARER)["Authorization"] == f"Bearer {BEARER}"


@pytest.mark.parametrize(
    ("address", "token", "key"),
    [
        ("http://api.test", BEARER, None),
        ("http://api.test", None, "secret-key"),
        ("http://127.0.0.1.api.test", BEARER, None),
        (API, "secret\r\nX-Evil: 1", None),
        (API, "sécret", None),
        (API, None, "secret\nkey"),
    ],
)
def test_what_would_be_seen_or_is_malformed_is_not_sent_and_not_told(
    address: str, token: str | None, key: str | None
) -> None:
    with pytest.raises(BadCredentialError) as refused:
        sent(address, token=token, key=key)
    told = f"{refused.value} {refused.value!r}"
    assert "ecret" not in told
    assert BEARER not in told


def test_a_request_is_not_signed_and_bearing_a_token() -> None:
    with pytest.raises(BadCredentialError, match="--sign or --token"):
        api_target(API, data=Path(), sign=True, token=BEARER, api_key=None)


def test_a_target_does_not_show_its_key() -> None:
    target = api_target(API, data=Path(), sign=False, token=BEARER, api_key="secret-key")
    assert "secret" not in repr(target)
    assert BEARER not in repr(target)


@pytest.mark.parametrize("command", [["import", "no-such-file"], ["demo", "--seconds", "1"]])
def test_the_commands_take_both_from_the_environment_and_print_neither(command: list[str]) -> None:
    given = {"EVENTLOG_TOKEN": BEARER, "EVENTLOG_API_KEY": "secret-key"}
    refused = CliRunner().invoke(app, [*command, "--api", "http://api.test"], env=given)
    assert refused.exit_code == 2
    assert "is not https: a token or a key would be seen" in refused.output
    told = CliRunner().invoke(app, [command[0], "--help"], env=given).output
    assert "EVENTLOG_TOKEN" in told.replace("\n", "")
    for output in (refused.output, told):
        assert "secret-key" not in output
        assert BEARER not in output
