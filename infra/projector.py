"""A function that follows the log's stream into one projection.

Invariant: a batch that fails is cut in two and retried a finite number of times, and the mapping
starts at the oldest record that the stream still holds.
"""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.function import Function
from infra.log_table import LogTable
from infra.settings import StreamSettings


class Projector(Construct):
    """An event source mapping, with the rights that Lambda needs to read the stream.

    Batches hold inserts alone: the log knows no update, and an expiry removes nothing that a
    projection must follow.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
    """

    def __init__(
        self, scope: Construct, id: str, *, log: LogTable, to: Function, stream: StreamSettings
    ) -> None:
        super().__init__(scope, id)
        to.allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            on=log.stream_arn,
        )
        to.allow("dynamodb:ListStreams", on="*")  # IAM knows no narrower resource for it
        lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=to.function,
            event_source_arn=log.stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            filters=[
                lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT")})
            ],
            batch_size=stream.batch_size,
            max_batching_window=Duration.seconds(stream.window_seconds),
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=stream.retry_attempts,
            max_record_age=Duration.seconds(stream.max_record_age_seconds),
        )
