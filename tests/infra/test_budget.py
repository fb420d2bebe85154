"""A stage's monthly budget: of its own resources alone, told before it is spent."""

import json

import pytest
from pydantic import ValidationError

from infra.budget_settings import BudgetSettings
from infra.settings import load
from infra.synth import CloudAssembly
from tests.infra.lint import lint
from tests.infra.template import Template
from tests.infra.variants import unbundled

BUDGET = BudgetSettings(usd=50, emails=("one@example.org", "two@example.org"))


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    settings = load(stage="prod", project="orders", environ={})
    settings = settings.model_copy(update={"budget": BUDGET})
    return unbundled(settings, tmp_path_factory.mktemp("budget"))


def test_a_budget_is_of_what_bears_both_tags_of_the_stack(assembly: CloudAssembly) -> None:
    [budget] = Template(assembly.template()).properties("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    assert (budget["Budget"]["BudgetType"], budget["Budget"]["TimeUnit"]) == ("COST", "MONTHLY")
    parts = budget["Budget"]["FilterExpression"]["And"]
    tags = {part["Tags"]["Key"]: part["Tags"]["Values"] for part in parts}
    assert tags == {"project": ["orders"], "stage": ["prod"]}
    manifest = json.loads((assembly.path / "manifest.json").read_text())
    stack = manifest["artifacts"]["orders-prod"]["properties"]
    assert stack["tags"] == {"project": "orders", "stage": "prod"}


def test_people_are_told_before_it_is_spent(assembly: CloudAssembly) -> None:
    [budget] = Template(assembly.template()).properties("AWS::Budgets::Budget")
    told = {}
    for one in budget["NotificationsWithSubscribers"]:
        notification = one["Notification"]
        assert notification["ComparisonOperator"] == "GREATER_THAN"
        assert notification["ThresholdType"] == "PERCENTAGE"
        assert {(s["SubscriptionType"], s["Address"]) for s in one["Subscribers"]} == {
            ("EMAIL", email) for email in BUDGET.emails
        }
        told[notification["NotificationType"]] = notification["Threshold"]
    assert told == {"ACTUAL": 80, "FORECASTED": 100}


def test_cfn_lint_finds_nothing_in_a_template_with_a_budget(assembly: CloudAssembly) -> None:
    assert lint(assembly.template()) == []


def test_no_stage_has_a_budget_unless_it_says_so(template: Template) -> None:
    assert template.properties("AWS::Budgets::Budget") == []


@pytest.mark.parametrize(
    "wrong", [{"usd": 0}, {"emails": ()}, {"emails": ("nobody",)}, {"currency": "EUR"}]
)
def test_a_budget_that_nobody_hears_of_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        BudgetSettings.model_validate({"usd": 1, "emails": ("a@b.org",)} | wrong)


def test_every_field_of_a_budget_says_what_it_is_for() -> None:
    assert not [name for name, f in BudgetSettings.model_fields.items() if not f.description]
