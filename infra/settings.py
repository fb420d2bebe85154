"""What may differ between stages, in one typed file.

Invariant: nothing here names an account, a default region or a physical resource, so one project
deploys any number of times.
"""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from infra.alarm_settings import AlarmSettings
from infra.budget_settings import BudgetSettings
from infra.caller_settings import CognitoSettings, JwtSettings
from infra.context import Context, override
from infra.edge_settings import EdgeSettings, Throttle
from infra.explorer_settings import ExplorerSettings
from infra.firewall_settings import FirewallSettings
from infra.function_settings import (
    ApiFunctionSettings,
    FunctionSettings,
    ProjectorFunctionSettings,
    StreamSettings,
)
from infra.project_settings import ProjectSettings
from infra.search_settings import SearchSettings
from infra.setting_errors import InvalidSettingError, UnknownStageError

OPEN_WARNING = (
    "This stage has no authorizer: anyone who reaches its API may read and write (authorizer=none)."
)


class Settings(ProjectSettings):
    """One stage of one project."""

    stage: str = Field(
        pattern=r"^[a-z][a-z0-9]{0,31}$",
        description="Second part of the stack's name, and the first segment of the API's paths.",
    )
    protect_data: bool = Field(
        description="Refuse to delete the tables, keep them and the logs when the stack goes, and "
        "keep point-in-time backups of the log."
    )
    recovery_days: int = Field(
        default=35,
        ge=1,
        le=35,
        description="Days that the log can be brought back to any second of, where data is "
        "protected.",
    )
    encryption: Literal["aws-owned", "customer-managed"] = Field(
        default="aws-owned",
        description="Whose key the data, the logs and the alarms are encrypted with: AWS's, which "
        "cost nothing, or one of the stage's own, which can be audited and withdrawn.",
    )
    authorizer: Literal["iam", "cognito", "jwt", "none"] = Field(
        default="iam",
        description="Who may call the API: `iam`, who signs as an AWS principal with permission "
        "to write or to read; `cognito` and `jwt`, who bears a token with the scope to; `none`, "
        "anyone, which a stage that protects data refuses.",
    )
    cognito: CognitoSettings | None = Field(
        default=None, description="Which user pool's tokens count, where `authorizer` is `cognito`."
    )
    jwt: JwtSettings | None = Field(
        default=None, description="Whose tokens count, where `authorizer` is `jwt`."
    )
    api_docs: Literal["open", "authorized", "off"] = Field(
        default="open",
        description="Who gets the API's own document and pages, which have nothing of what is in"
        " the log: `open`, anyone who reaches the API; `authorized`, who may read; `off`, nobody.",
    )
    caller_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description="Networks that calls may come from, as CIDR blocks: a resource policy denies "
        "all others, whoever signed them. Without any, calls may come from anywhere.",
    )
    type_shards: int = Field(
        default=4,
        ge=1,
        le=64,
        description="Partitions that one type's listing is spread over, 1,000 writes/s each. "
        "It may be raised at any time; lowering it needs an emptied table and a replay.",
    )
    log_retention_days: Literal[7, 30, 90, 365] = Field(
        default=30, description="Days that the functions' logs are kept."
    )
    edge: EdgeSettings = Field(
        default=EdgeSettings(), description="What stands between callers and the functions."
    )
    explorer: ExplorerSettings | None = Field(
        default=None,
        description="The explorer page behind CloudFront, where the stage has it; it calls the API "
        "as its user, from a browser.",
    )
    log_level: Literal["DEBUG", "INFO"] = Field(
        default="INFO",
        description="Level from which on the functions log: `INFO`, a line for each request and "
        "batch; `DEBUG`, for each event too. Less would lose the metrics, which are lines as well.",
    )
    tracing: bool = Field(
        default=False,
        description="Have API Gateway and Lambda record traces in X-Ray, of the first request of a "
        "second and of 5 % of the others; a million traces cost $5.",
    )
    alarms: AlarmSettings = Field(
        default=AlarmSettings(), description="Who is told of alarms, and their thresholds."
    )
    budget: BudgetSettings | None = Field(
        default=None, description="What the stage may cost in a month; without it, nobody is told."
    )
    dashboard: bool = Field(
        default=True,
        description="Have a CloudWatch dashboard; an account's first three are free of charge.",
    )
    write: ApiFunctionSettings = Field(
        default=ApiFunctionSettings(), description="The function behind POST /events."
    )
    read: ApiFunctionSettings = Field(
        default=ApiFunctionSettings(), description="The function behind the GET routes."
    )
    docs: FunctionSettings = Field(
        default=FunctionSettings(memory_mb=256, timeout_seconds=15),
        description="The function behind GET /docs and what belongs to it.",
    )
    by_type_projector: ProjectorFunctionSettings = Field(
        default=ProjectorFunctionSettings(),
        description="The function that fills the by-type table.",
    )
    by_type_replay: FunctionSettings = Field(
        default=FunctionSettings(timeout_seconds=900),
        description="The function that replays an export of the log into the by-type table.",
    )
    by_type_stream: StreamSettings = Field(
        default=StreamSettings(), description="How the by-type projector follows the log."
    )
    search: SearchSettings | None = Field(
        default=None, description="Search over all events, where the stage pays for it."
    )

    @model_validator(mode="after")
    def _open_only_without_data(self) -> Self:
        if self.authorizer == "none" and self.protect_data:
            raise ValueError("authorizer: none leaves data open that protect_data is to protect")
        return self

    @model_validator(mode="after")
    def _keys_only_beside_an_authorizer(self) -> Self:
        if self.authorizer == "none" and self.edge.producers:
            raise ValueError("edge.producers: api-key only together with another authorizer")
        return self

    @model_validator(mode="after")
    def _tokens_only_of_an_issuer(self) -> Self:
        for name, given in (("cognito", self.cognito), ("jwt", self.jwt)):
            if (self.authorizer == name) != (given is not None):
                raise ValueError(
                    f"authorizer: {name} and the settings under {name} need each other"
                )
        return self

    @model_validator(mode="after")
    def _one_name_for_each(self) -> Self:
        page, api = (self.explorer and self.explorer.domain), self.edge.domain
        if page and api and page.name == api.name:
            raise ValueError(f"explorer.domain.name: {page.name} is the API's (edge.domain.name)")
        return self


STAGES: Mapping[str, Settings] = {
    settings.stage: settings
    for settings in (
        Settings(
            stage="dev",
            protect_data=False,
            authorizer="none",
            log_retention_days=7,
            by_type_stream=StreamSettings(window_seconds=0),
        ),
        Settings(stage="staging", protect_data=True),
        Settings(
            stage="prod",
            protect_data=True,
            # Twice what 5,000 reads of 20 ms a second take; a flood of slow ones stops there, and
            # leaves the rest of the account's concurrency to those who append.
            read=ApiFunctionSettings(reserved_concurrency=200),
            log_retention_days=365,
            edge=EdgeSettings(
                write=Throttle(requests_per_second=5_000, burst=5_000),
                read=Throttle(requests_per_second=2_000, burst=4_000),
                firewall=FirewallSettings(),
            ),
        ),
    )
}


NO_CONTEXT: Context = MappingProxyType({})


def load(
    *,
    stage: str | None = None,
    project: str | None = None,
    context: Context = NO_CONTEXT,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings of a stage; what is not given comes from STAGE, PROJECT and AWS_REGION.

    `context` has settings by their dotted names, and wins over all else.

    Raises:
        SettingsError: there is no such stage or setting, or a value is malformed.
    """
    name = context.get("stage") or stage or environ.get("STAGE") or "dev"
    if name not in STAGES:
        raise UnknownStageError(name, STAGES)
    given = {"project": project or environ.get("PROJECT"), "region": environ.get("AWS_REGION")}
    named = {field: value for field, value in given.items() if value}
    chosen = override(STAGES[name].model_dump() | named, context, model=Settings)
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        raise InvalidSettingError(error) from error
