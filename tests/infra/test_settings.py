import pytest
from pydantic import BaseModel, ValidationError

from infra.function_settings import (
    ApiFunctionSettings,
    FunctionSettings,
    ProjectorFunctionSettings,
    StreamSettings,
)
from infra.setting_errors import UnknownStageError
from infra.settings import STAGES, Settings, load
from projections.stream import PARKING_MILLISECONDS


def test_a_stage_comes_with_its_name() -> None:
    for name in ("dev", "staging", "prod"):
        assert load(stage=name, environ={}) == STAGES[name]


def test_what_is_given_wins_over_the_environment_and_that_over_the_defaults() -> None:
    environ = {"STAGE": "prod", "PROJECT": "orders", "AWS_REGION": "eu-central-1"}
    settings = load(environ=environ)
    assert (
        settings.stage,
        settings.project,
        settings.region,
    ) == ("prod", "orders", "eu-central-1")
    assert load(stage="dev", project="bills", environ=environ).stage == "dev"
    assert load(stage="dev", project="bills", environ=environ).project == "bills"
    assert load(environ={"STAGE": "", "PROJECT": "", "AWS_REGION": ""}) == STAGES["dev"]


def test_an_unknown_stage_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownStageError, match=r"unknown stage 'test'.*dev, staging, prod"):
        load(stage="test", environ={})


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (Settings, {"type_shards": 65}),
        (Settings, {"type_shards": 0}),
        (Settings, {"project": "Has Spaces"}),
        (Settings, {"region": "here"}),
        (Settings, {"colour": "red"}),
        (ApiFunctionSettings, {"timeout_seconds": 29}),
        (StreamSettings, {"max_record_age_seconds": 86_400}),
        (StreamSettings, {"retry_attempts": -1}),
    ],
)
def test_a_setting_that_aws_or_the_design_refuses_is_refused_here(
    model: type[BaseModel], wrong: dict[str, object]
) -> None:
    legal = STAGES["dev"].model_dump() if model is Settings else {}
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        model.model_validate(legal | wrong)


@pytest.mark.parametrize("model", [Settings, FunctionSettings, ApiFunctionSettings, StreamSettings])
def test_every_setting_says_what_it_is_for(model: type[BaseModel]) -> None:
    assert not [name for name, field in model.model_fields.items() if not field.description]


def test_what_holds_data_is_protected_outside_development() -> None:
    assert {"staging", "prod"} == {name for name, stage in STAGES.items() if stage.protect_data}


def test_a_projector_has_the_time_to_park_what_it_cannot_project() -> None:
    with pytest.raises(ValidationError, match="timeout_seconds"):
        ProjectorFunctionSettings(timeout_seconds=19)
    shortest = ProjectorFunctionSettings(timeout_seconds=20).timeout_seconds * 1_000
    assert shortest > 2 * PARKING_MILLISECONDS
