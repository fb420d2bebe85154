"""What a stage may cost in a month, and who hears when it is about to cost more."""

from pydantic import Field

from infra.alarm_settings import EmailAddress
from infra.strict_model import StrictModel


class BudgetSettings(StrictModel):
    """A budget of AWS Budgets; an account's first two that only tell are free of charge."""

    usd: float = Field(gt=0, description="US dollars that the stage may cost in a month.")
    emails: tuple[EmailAddress, ...] = Field(
        min_length=1,
        max_length=10,
        description="Addresses that are told at 80 % spent, and when a forecast says 100 %.",
    )
