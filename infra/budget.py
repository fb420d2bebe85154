"""A monthly budget of one stage, told apart in the bill by the stack's tags.

AWS knows the cost of a tag only once it is activated as a cost allocation tag (docs/deploy.md).
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-budgets-budget.html
"""

from collections.abc import Mapping

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.budget_settings import BudgetSettings

_ACTUAL_PERCENT = 80
_FORECAST_PERCENT = 100


def budget(
    scope: Construct, id: str, *, settings: BudgetSettings, tags: Mapping[str, str]
) -> budgets.CfnBudget:
    """A budget of what bears all of `tags`; a list of them in `CostFilters` would mean any."""
    return budgets.CfnBudget(
        scope,
        id,
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=settings.usd, unit="USD"),
            metrics=["UnblendedCost"],
            filter_expression=budgets.CfnBudget.ExpressionProperty(
                and_=[_tagged(key, value) for key, value in tags.items()]
            ),
        ),
        notifications_with_subscribers=[
            _notification("ACTUAL", _ACTUAL_PERCENT, settings.emails),
            _notification("FORECASTED", _FORECAST_PERCENT, settings.emails),
        ],
    )


def _tagged(key: str, value: str) -> budgets.CfnBudget.ExpressionProperty:
    tag = budgets.CfnBudget.TagValuesProperty(key=key, values=[value], match_options=["EQUALS"])
    return budgets.CfnBudget.ExpressionProperty(tags=tag)


def _notification(
    kind: str, percent: int, emails: tuple[str, ...]
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN",
            notification_type=kind,
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email)
            for email in emails
        ],
    )
