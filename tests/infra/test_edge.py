"""What stands between callers and the functions of a stage, by the template."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from api.routes import PAGES
from infra.edge_settings import EdgeSettings, ProducerSettings, Quota, Throttle
from infra.local.edge_resources import ApiKey, Edge, UsagePlan
from infra.local.edge_resources import Quota as LocalQuota
from infra.local.edge_resources import Throttle as LocalThrottle
from infra.local.edge_template import read_edge
from infra.local.intrinsics import TemplateError
from infra.local.template import load
from infra.settings import STAGES, Settings
from infra.synth import CloudAssembly
from tests.infra.lint import lint
from tests.infra.template import Template
from tests.infra.variants import unbundled

PRODUCERS: dict[str, Any] = {
    "names": ["shop", "billing"],
    "write": {"requests_per_second": 20, "burst": 40},
    "read": {"requests_per_second": 5, "burst": 10},
    "quota": {"requests": 10_000, "period": "day"},
}
EDGE = {"write": {"requests_per_second": 300, "burst": 600}, "producers": PRODUCERS}
GIVEN = STAGES["prod"].model_dump() | {"edge": EDGE}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    return unbundled(Settings.model_validate(GIVEN), tmp_path_factory.mktemp("edge"))


@pytest.fixture(scope="module")
def template(assembly: CloudAssembly) -> Template:
    return Template(assembly.template())


def test_every_method_needs_a_key_beside_its_authorization(template: Template) -> None:
    methods = template.methods()
    found = [(method["AuthorizationType"], method["ApiKeyRequired"]) for method in methods]
    assert found == [("AWS_IAM", True)] * 13


def test_each_producer_has_a_key_whose_value_is_in_no_template(template: Template) -> None:
    keys = template.of_type("AWS::ApiGateway::ApiKey")
    assert [key["Properties"] for key in keys.values()] == [
        {"Description": name, "Enabled": True} for name in ("shop", "billing")
    ]
    [plan] = template.of_type("AWS::ApiGateway::UsagePlan")
    joined = template.properties("AWS::ApiGateway::UsagePlanKey")
    assert {(one["KeyId"]["Ref"], one["UsagePlanId"]["Ref"]) for one in joined} == {
        (key, plan) for key in keys
    }
    outputs = {name: one["Value"] for name, one in template.body["Outputs"].items()}
    assert [outputs["ApiKeyIdShop"], outputs["ApiKeyIdBilling"]] == [{"Ref": key} for key in keys]


def test_each_producer_is_limited_by_method_and_in_all(template: Template) -> None:
    [plan] = template.properties("AWS::ApiGateway::UsagePlan")
    [stage] = plan["ApiStages"]
    write, read = {"RateLimit": 20, "BurstLimit": 40}, {"RateLimit": 5, "BurstLimit": 10}
    assert stage["Throttle"] == {
        "/events/POST": write,
        "/events/GET": read,
        "/events/{id}/GET": read,
        "/types/GET": read,
        "/search/GET": read,
        "/events/HEAD": read,
        "/events/{id}/HEAD": read,
        "/types/HEAD": read,
        "/search/HEAD": read,
    }
    assert plan["Quota"] == {"Limit": 10_000, "Period": "DAY"}


def test_the_local_run_reads_the_same_limits(assembly: CloudAssembly) -> None:
    api = load(assembly.path, region="eu-central-1", stack_id="arn:x:y/1").api()
    open_paths = {route.path for route in PAGES}
    assert {one.path for one in api.routes if not one.key_required} == open_paths
    read = LocalThrottle(5, 10)
    [plan] = api.edge.plans
    assert api.edge == Edge(
        {
            "*": LocalThrottle(1_000, 2_000),
            "/events/POST": LocalThrottle(300, 600),
            **{f"{one.path}/{one.method}": LocalThrottle(20, 100) for one in PAGES},
        },
        (
            UsagePlan(
                keys=(ApiKey(plan.keys[0].id, "shop"), ApiKey(plan.keys[1].id, "billing")),
                throttles={
                    "/events/POST": LocalThrottle(20, 40),
                    "/events/GET": read,
                    "/events/{id}/GET": read,
                    "/types/GET": read,
                    "/search/GET": read,
                    "/events/HEAD": read,
                    "/events/{id}/HEAD": read,
                    "/types/HEAD": read,
                    "/search/HEAD": read,
                },
                quota=LocalQuota(10_000, "DAY"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "change", "named"),
    [
        ("Stage", {"CacheClusterEnabled": True}, "CacheClusterEnabled"),
        ("Stage", {"MethodSettings": [{"CachingEnabled": True}]}, "CachingEnabled"),
        ("UsagePlan", {"Throttle": {"RateLimit": 1}}, "Throttle"),
        ("UsagePlan", {"Quota": {"Limit": 1, "Period": "DAY", "Offset": 1}}, "Offset"),
        ("ApiKey", {"Value": "x"}, "Value"),
        ("ApiKey", {"Enabled": False}, "not enabled"),
    ],
)
def test_a_limit_that_the_local_run_does_not_apply_is_an_error(
    kind: str, change: dict[str, Any], named: str
) -> None:
    resources: dict[str, dict[str, Any]] = {
        "Stage": {"StageName": "prod"},
        "UsagePlan": {"ApiStages": [{}]},
        "UsagePlanKey": {"KeyId": "ApiKey", "UsagePlanId": "UsagePlan"},
        "ApiKey": {"Enabled": True},
    }
    assert len(read_edge(lambda type: {type: resources[type]}).keys) == 1
    resources[kind] |= change
    with pytest.raises(TemplateError, match=named):
        read_edge(lambda type: {type: resources[type]})


def test_no_stage_has_keys_unless_it_names_producers(templates: dict[str, Template]) -> None:
    for template in templates.values():
        assert not template.of_type("AWS::ApiGateway::ApiKey")
        assert not template.of_type("AWS::ApiGateway::UsagePlan")
        methods = template.methods()
        assert not [method for method in methods if method.get("ApiKeyRequired")]


def test_a_key_alone_opens_nothing() -> None:
    opened = STAGES["dev"].model_dump() | {"authorizer": "none", "edge": EDGE}
    with pytest.raises(ValidationError, match="api-key only together with another"):
        Settings.model_validate(opened)


@pytest.mark.parametrize(
    "wrong", [{"names": []}, {"names": ["Shop"]}, {"names": ["a-b"]}, {"quota": {"requests": 1}}]
)
def test_producers_that_no_key_could_be_made_for_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        ProducerSettings.model_validate(PRODUCERS | wrong)


@pytest.mark.parametrize("model", [EdgeSettings, ProducerSettings, Quota, Throttle])
def test_every_setting_says_what_it_is_for(model: type[BaseModel]) -> None:
    assert not [name for name, field in model.model_fields.items() if not field.description]


def test_cfn_lint_finds_nothing(assembly: CloudAssembly) -> None:
    assert lint(assembly.template()) == []
