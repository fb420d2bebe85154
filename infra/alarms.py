"""What wakes an operator: alarms on the log and its projections, to one topic.

Invariant: every alarm says in its description what to type; `docs/operate.md` has a section of its
name. A metric without data is no fault: an idle log is healthy.
"""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.distributed_rebuild import DistributedRebuild
from infra.projector import Projector
from infra.status import BEHIND_SECONDS

_MINUTE = Duration.minutes(1)
_BEHIND_MILLISECONDS = 1000 * BEHIND_SECONDS


class Alarms(Construct):
    """Alarms, named after what is wrong, and the topic that hears of them."""

    def __init__(self, scope: Construct, id: str, *, key: kms.IKey | None) -> None:
        super().__init__(scope, id)
        self.topic = _topic(self, key)
        self._action = actions.SnsAction(self.topic)

    def watch_api(self, server_errors: cloudwatch.Metric) -> None:
        """The API answers 5xx."""
        self._add("ApiFailing", server_errors, "Requests fail.", minutes=3)

    def watch_table(self, name: str, table: dynamodb.Table) -> None:
        """Writes to the table are throttled."""
        metric = table.metric("WriteThrottleEvents", statistic="Sum", period=_MINUTE)
        self._add(f"{name}Throttled", metric, "Writes to the table are throttled.", minutes=3)

    def watch_projector(self, name: str, projector: Projector) -> None:
        """A projection lags behind, or does not take what the log has."""
        function = projector.function
        age = function.metric("IteratorAge", statistic="Maximum", period=_MINUTE)
        self._add(
            f"{name}Behind", age, "The listing lags.", minutes=5, threshold=_BEHIND_MILLISECONDS
        )
        errors = function.metric_errors(period=_MINUTE)
        self._add(f"{name}Failing", errors, "The projector fails as a whole.", minutes=3)
        self._add(f"{name}Parked", projector.parked, "A record was parked.")
        self._add(f"{name}GivenUp", projector.given_up, "Lambda gave records up; they are parked.")
        lost = function.metric("DestinationDeliveryFailures", statistic="Sum", period=_MINUTE)
        self._add(f"{name}Lost", lost, "Records given up could not be parked.")

    def watch_replay(self, name: str, rebuild: DistributedRebuild) -> None:
        """A distributed rebuild meets what it cannot project."""
        self._add(f"{name}ReplayParked", rebuild.parked, "A rebuild parked an item of the log.")

    def _add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        meaning: str,
        *,
        minutes: int = 1,
        threshold: int = 1,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=minutes,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{name}: {meaning} See docs/operate.md#{name.lower()}",
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)


def _topic(scope: Construct, key: kms.IKey | None) -> sns.Topic:
    """A topic that this account's CloudWatch may publish to, over TLS."""
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    return topic
