"""API keys of the producers that a stage names, and the usage plan that limits each of them.

Invariant: no key's value is in the template; API Gateway makes it, and who may read it there hands
it out.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from infra.api_methods import ApiMethods
from infra.edge_settings import ProducerSettings, Quota, Throttle

_PERIODS = {
    "day": apigateway.Period.DAY,
    "week": apigateway.Period.WEEK,
    "month": apigateway.Period.MONTH,
}


class ProducerKeys(Construct):
    """One key a producer; `ids` has their ids, by the producer's name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: apigateway.RestApi,
        methods: ApiMethods,
        producers: ProducerSettings,
    ) -> None:
        super().__init__(scope, id)
        limits = [(method, producers.write) for method in methods.writing]
        reading = (*methods.reading, *methods.searching)
        limits += [(method, producers.read) for method in reading]
        plan = apigateway.UsagePlan(
            self,
            "Plan",
            api_stages=[
                apigateway.UsagePlanPerApiStage(
                    api=api,
                    stage=api.deployment_stage,
                    throttle=[
                        apigateway.ThrottlingPerMethod(method=method, throttle=_throttle(limit))
                        for method, limit in limits
                    ],
                )
            ],
            quota=_quota(producers.quota) if producers.quota else None,
        )
        self.ids: dict[str, str] = {}
        for name in producers.names:
            key = apigateway.ApiKey(self, name.capitalize(), description=name)
            plan.add_api_key(key)
            self.ids[name] = key.key_id


def _throttle(limit: Throttle) -> apigateway.ThrottleSettings:
    return apigateway.ThrottleSettings(
        rate_limit=limit.requests_per_second, burst_limit=limit.burst
    )


def _quota(quota: Quota) -> apigateway.QuotaSettings:
    return apigateway.QuotaSettings(limit=quota.requests, period=_PERIODS[quota.period])
