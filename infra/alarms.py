"""What wakes an operator: alarms on the log and its projections, to one topic.

Invariant: every alarm says in its description where the runbook tells what to type, and decides
what a minute without data means.
"""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain.metrics import CONFLICTS, REJECTED, REJECTED_BY_REASON
from infra.alarm_settings import AlarmSettings
from infra.alarm_topic import alarm_topic
from infra.distributed_rebuild import DistributedRebuild
from infra.http_api import HttpApi
from infra.own_metric import own_metric
from infra.projector import Projector
from infra.status import BEHIND_SECONDS

_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_MINUTE = Duration.minutes(1)
_BEHIND_MILLISECONDS = 1000 * BEHIND_SECONDS

# A count that is not there is a count of none: nothing is posted, or nothing goes wrong.
_SILENCE_IS_HEALTH = cloudwatch.TreatMissingData.NOT_BREACHING
# What was late and is not measured any more is still late.
_SILENCE_CHANGES_NOTHING = cloudwatch.TreatMissingData.IGNORE


class Alarms(Construct):
    """Alarms, named after what is wrong, and the topic that hears of them."""

    def __init__(
        self, scope: Construct, id: str, *, settings: AlarmSettings, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self.topic = alarm_topic(self, "Topic", emails=settings.emails, key=key)
        self._action = actions.SnsAction(self.topic)
        self.by_name: dict[str, cloudwatch.AlarmBase] = {}

    def watch_api(self, api: HttpApi) -> None:
        """The API answers 5xx, or late, or refuses more than it used to."""
        self.add("ApiFailing", api.server_errors, "Requests fail.", minutes=3)
        late = self._settings.latency_p99_milliseconds
        self.add("ApiSlow", api.latency, "Requests take long.", minutes=5, threshold=late)
        for name, metric, meaning, threshold in (
            ("Conflicts", CONFLICTS, "Ids are used twice.", self._settings.conflicts),
            ("Rejected", REJECTED, "Producers send what is refused.", self._settings.rejected),
        ):
            self.add(name, own_metric(metric), meaning, minutes=5, threshold=threshold)
        unavailable = own_metric(REJECTED_BY_REASON, "unavailable")
        self.add("AppendsUnavailable", unavailable, "Events are not taken.", minutes=3)

    def watch_firewall(self, blocked: cloudwatch.IMetric) -> None:
        """The firewall blocks far more than it used to."""
        most = self._settings.blocked
        self.add("Blocked", blocked, "The firewall blocks many.", minutes=5, threshold=most)

    def watch_access(self, denied: cloudwatch.IMetric) -> None:
        """A function lacks a permission or a key."""
        self.add("AccessDenied", denied, "A permission or a key is missing.")

    def watch_table(self, name: str, table: dynamodb.Table, *operations: str) -> None:
        """The table is throttled, or fails at one of the API's operations that functions call."""
        for of, metric, section in (
            ("", "WriteThrottleEvents", f"{name}Throttled"),
            ("Reads", "ReadThrottleEvents", "ReadsThrottled"),
        ):
            events = table.metric(metric, statistic="Sum", period=_MINUTE)
            meaning = f"{of or 'Writes'} of the table are throttled."
            self.add(f"{name}{of}Throttled", events, meaning, minutes=3, section=section)
        errors = _system_errors(table, operations)
        meaning = "DynamoDB answers 5xx."
        self.add(f"{name}TableFailing", errors, meaning, minutes=3, section="TableFailing")

    def watch_function(self, name: str, function: lambda_.IFunction) -> None:
        """The function is throttled, by its reserved concurrency or the account's."""
        throttles = function.metric_throttles(period=_MINUTE)
        meaning = "Calls of the function are throttled."
        self.add(f"{name}Throttled", throttles, meaning, minutes=3, section="FunctionThrottled")

    def watch_answers(self, name: str, function: lambda_.IFunction) -> None:
        """A function of the API raises, is ended at its time-out, or does not start."""
        errors = function.metric_errors(period=_MINUTE)
        meaning = "The function fails as a whole."
        self.add(f"{name}Failing", errors, meaning, minutes=3, section="FunctionFailing")

    def watch_projector(self, name: str, projector: Projector) -> None:
        """A projection lags behind, or does not take what the log has."""
        function = projector.function
        age = function.metric("IteratorAge", statistic="Maximum", period=_MINUTE)
        self.add(
            f"{name}Behind",
            age,
            "The projection lags.",
            minutes=5,
            threshold=_BEHIND_MILLISECONDS,
            silence=_SILENCE_CHANGES_NOTHING,
        )
        errors = function.metric_errors(period=_MINUTE)
        self.add(f"{name}Failing", errors, "The projector fails as a whole.", minutes=3)
        self.add(f"{name}Parked", projector.parked, "A record was parked.")
        self.add(f"{name}GivenUp", projector.given_up, "Lambda gave records up; they are parked.")
        lost = function.metric("DestinationDeliveryFailures", statistic="Sum", period=_MINUTE)
        self.add(f"{name}Lost", lost, "Records given up could not be parked.")

    def watch_replay(self, name: str, rebuild: DistributedRebuild) -> None:
        """A distributed rebuild meets what it cannot project."""
        self.add(f"{name}ReplayParked", rebuild.parked, "A rebuild parked an item of the log.")

    def sum_up(self, name: str, *parts: str) -> None:
        """One alarm for all of `parts`: the one that a pager needs."""
        rule = cloudwatch.AlarmRule.any_of(
            *(
                cloudwatch.AlarmRule.from_alarm(self.by_name[p], cloudwatch.AlarmState.ALARM)
                for p in parts
            )
        )
        alarm = cloudwatch.CompositeAlarm(
            self,
            name,
            alarm_rule=rule,
            alarm_description=self._description(name, "The log does not do its work.", name),
        )
        self._tell(name, alarm)

    def add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        meaning: str,
        *,
        minutes: int = 1,
        threshold: int = 1,
        section: str | None = None,
        silence: cloudwatch.TreatMissingData = _SILENCE_IS_HEALTH,
        comparison: cloudwatch.ComparisonOperator = _AT_LEAST,
    ) -> None:
        """One alarm; it goes on when the threshold is reached in each of so many minutes."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=minutes,
            treat_missing_data=silence,
            alarm_description=self._description(name, meaning, section or name),
        )
        self._tell(name, alarm)

    def _description(self, name: str, meaning: str, section: str) -> str:
        return f"{name}: {meaning} See {self._settings.runbook_url}#{section.lower()}"

    def _tell(self, name: str, alarm: cloudwatch.AlarmBase) -> None:
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.by_name[name] = alarm


def _system_errors(table: dynamodb.Table, operations: Iterable[str]) -> cloudwatch.MathExpression:
    """DynamoDB has the metric for each operation alone, and only where it is not 0.

    A sum with `+` would be missing as soon as one of its parts is.
    """
    parts = {
        operation.lower(): table.metric(
            "SystemErrors",
            statistic="Sum",
            period=_MINUTE,
            dimensions_map={"TableName": table.table_name, "Operation": operation},
        )
        for operation in operations
    }
    return cloudwatch.MathExpression(
        expression="SUM(METRICS())", using_metrics=parts, label="system errors", period=_MINUTE
    )
