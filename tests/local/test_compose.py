"""What infra/local/compose.yaml runs: what `make run` runs too, and on loopback alone."""

import re
from typing import Any

import pytest
import yaml

from infra.bundling import ROOT
from infra.local import engines, opensearch_program

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "infra/local/compose.yaml").read_text())[
    "services"
]
SAME_AS = {
    "dashboards": opensearch_program.VERSION,
    "dynamodb": engines.VERSION,
    "opensearch": opensearch_program.VERSION,
}


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_the_version_that_the_stack_itself_runs(name: str) -> None:
    assert SERVICES[name]["image"].rpartition(":")[2] == SAME_AS[name]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_listens_but_on_loopback(name: str) -> None:
    service = SERVICES[name]
    assert all(re.match(r"127\.0\.0\.1:", port) for port in service.get("ports", ()))
    if service.get("network_mode") == "host":
        assert service["environment"]["SERVER_HOST"] == "127.0.0.1"
    else:
        assert "network_mode" not in service


def test_the_engines_ask_nobody_who_calls_as_their_clients_here_do_not_sign_in() -> None:
    assert SERVICES["opensearch"]["environment"]["DISABLE_SECURITY_PLUGIN"] == "true"
    assert SERVICES["dashboards"]["environment"]["DISABLE_SECURITY_DASHBOARDS_PLUGIN"] == "true"


def test_dashboards_starts_alone() -> None:
    profiles = {name: service.get("profiles", []) for name, service in SERVICES.items()}
    assert profiles == {"dashboards": [], "dynamodb": ["engines"], "opensearch": ["engines"]}
