from typing import Any

import pytest
from pydantic import ValidationError

from infra.pipeline.app import main
from infra.pipeline.settings import BRANCHES, PipelineSettings, load
from infra.settings import STAGES


def test_what_is_not_given_has_a_default() -> None:
    settings = load({"REPOSITORY": "octo-org/octo.repo", "STAGES": "", "OIDC_PROVIDER": ""})
    assert PipelineSettings(repository="octo-org/octo.repo") == settings
    assert settings.stages == ("dev", "prod")
    assert settings.provider == "create"
    assert settings.region is None


def test_the_environment_says_what_is_deployed_where() -> None:
    environ = {
        "REPOSITORY": "octo-org@1/octo-repo@22",
        "STAGES": "prod",
        "OIDC_PROVIDER": "existing",
        "PROJECT": "orders",
        "AWS_REGION": "eu-central-1",
    }
    expected = PipelineSettings(
        repository="octo-org@1/octo-repo@22",
        stages=("prod",),
        provider="existing",
        project="orders",
        region="eu-central-1",
    )
    assert expected == load(environ)


@pytest.mark.parametrize(
    "repository",
    [
        "octo-repo",
        "octo-org/*",
        "*/octo-repo",
        "octo-org@*/octo-repo@*",
        "octo-org@1/octo-repo",
        "octo-org/octo-repo@2",
        "octo-org/octo-repo:ref:refs/heads/main",
        "octo-org/octo-repo/more",
        "octo-org/octo-repo\n",
    ],
)
def test_a_repository_that_would_trust_others_or_nobody_is_refused(repository: str) -> None:
    with pytest.raises(ValidationError, match="repository"):
        PipelineSettings(repository=repository)


@pytest.mark.parametrize(
    "wrong",
    [{"stages": ()}, {"stages": ("test",)}, {"provider": "maybe"}, {"region": "x"}, {"key": "x"}],
)
def test_a_malformed_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        PipelineSettings.model_validate({"repository": "octo-org/octo-repo"} | wrong)


def test_without_a_repository_the_app_says_so_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REPOSITORY", raising=False)
    assert main() == 1
    assert "repository" in capsys.readouterr().err


def test_every_setting_says_what_it_is_for() -> None:
    fields = PipelineSettings.model_fields.items()
    assert not [name for name, field in fields if not field.description]


def test_a_stage_of_the_pipeline_is_one_of_the_log() -> None:
    assert set(BRANCHES) <= set(STAGES)
