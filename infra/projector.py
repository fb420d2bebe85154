"""A function that follows the log's stream into one projection.

Invariant: a batch that fails is cut in two and retried a finite number of times; what then is
still not projected is parked, whole. The mapping starts at the oldest record of the stream.
"""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from domain.metrics import PARKED, PROJECTED, PROJECTION_LAG
from infra.function import Function
from infra.function_settings import StreamSettings
from infra.log_table import LogTable
from infra.own_metric import own_metric
from infra.parking_bucket import ParkingBucket
from projections.parking_keys import LAMBDA_PREFIX, PREFIX


class Projector(Construct):
    """An event source mapping, with the rights that Lambda needs to read the stream.

    Batches hold inserts alone: the log knows no update, and an expiry removes nothing that a
    projection must follow.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        projection: str,
        log: LogTable,
        to: Function,
        parking: ParkingBucket,
        stream: StreamSettings,
    ) -> None:
        super().__init__(scope, id)
        to.allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            on=log.stream_arn,
        )
        to.allow("dynamodb:ListStreams", on="*")  # IAM knows no narrower resource for it
        # Lambda writes the batches that it gives up with the function's own role.
        # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
        to.allow("s3:PutObject", on=parking.arn_for_objects(f"{PREFIX}/{projection}/*"))
        to.allow("s3:PutObject", on=parking.arn_for_objects(f"{LAMBDA_PREFIX}*"))
        to.allow("s3:ListBucket", on=parking.bucket_arn)
        self.function = to.function
        mapping = lambda_.EventSourceMapping(
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
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
        # CDK's own S3 destination grants the function more than these two actions.
        resource = cast("lambda_.CfnEventSourceMapping", mapping.node.default_child)
        resource.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                destination=parking.bucket_arn
            )
        )
        self.mapping_id = mapping.event_source_mapping_id
        self.parked = own_metric(PARKED, projection)
        self.projected = own_metric(PROJECTED, projection)
        self.lag = own_metric(PROJECTION_LAG, projection, statistic="Maximum")
        # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        self.given_up = cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="DroppedEventCount",
            dimensions_map={"EventSourceMappingUUID": self.mapping_id},
            statistic="Sum",
            period=Duration.minutes(1),
        )
