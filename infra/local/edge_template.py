"""Reads how often the API may be called out of the template: its stage, and its usage plans.

Invariant: a limit that the local gateway would not apply is an error.
"""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.edge_resources import ALL_METHODS, ApiKey, Edge, Quota, Throttle, UsagePlan
from infra.local.intrinsics import TemplateError, refuse_unknown

Properties = Mapping[str, Any]
OfType = Callable[[str], Mapping[str, Properties]]
"""The properties of the API's resources of a type, such as `Stage`, by logical id."""

_STAGE = {"DeploymentId", "MethodSettings", "RestApiId", "StageName"}
_STAGE_PASSED_OVER = {"AccessLogSetting", "Tags", "TracingEnabled"}  # no CloudWatch, no X-Ray
_SETTING = {"HttpMethod", "ResourcePath", "ThrottlingBurstLimit", "ThrottlingRateLimit"}
_SETTING_PASSED_OVER = {"DataTraceEnabled", "LoggingLevel"}
_PLAN = {"ApiStages", "Quota"}
_PLAN_PASSED_OVER = {"Description", "Tags", "UsagePlanName"}
_KEY = {"Description", "Enabled", "Tags"}


def read_edge(of_type: OfType) -> Edge:
    """The limits of the one stage.

    Raises: TemplateError for a limit that is not applied here.
    """
    [(name, stage)] = of_type("Stage").items()
    refuse_unknown(name, stage, _STAGE | _STAGE_PASSED_OVER)
    throttles: dict[str, Throttle] = {}
    for setting in stage.get("MethodSettings", ()):
        refuse_unknown(name, setting, _SETTING | _SETTING_PASSED_OVER)
        if "ThrottlingRateLimit" in setting:
            throttles[_method(setting)] = Throttle(
                setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"]
            )
    return Edge(
        throttles, tuple(_plan(id, one, of_type) for id, one in of_type("UsagePlan").items())
    )


def _method(setting: Properties) -> str:
    """A method as usage plans write it: `/events/POST`."""
    path, method = setting["ResourcePath"], setting["HttpMethod"]
    if (path, method) == ("/*", "*"):
        return ALL_METHODS
    return f"{path[1:].replace('~1', '/')}/{method}"


def _plan(id: str, plan: Properties, of_type: OfType) -> UsagePlan:
    refuse_unknown(id, plan, _PLAN | _PLAN_PASSED_OVER)
    [stage] = plan["ApiStages"]
    quota = plan.get("Quota")
    if quota:
        refuse_unknown(id, quota, {"Limit", "Period"})
    keys = [one["KeyId"] for one in of_type("UsagePlanKey").values() if one["UsagePlanId"] == id]
    return UsagePlan(
        keys=tuple(_key(key, of_type("ApiKey")[key]) for key in keys),
        throttles={
            method: Throttle(limit["RateLimit"], limit["BurstLimit"])
            for method, limit in stage.get("Throttle", {}).items()
        },
        quota=Quota(quota["Limit"], quota["Period"]) if quota else None,
    )


def _key(id: str, key: Properties) -> ApiKey:
    refuse_unknown(id, key, _KEY)
    if not key.get("Enabled"):
        raise TemplateError(f"{id} is an API key that is not enabled")
    return ApiKey(id, key.get("Description", id))
