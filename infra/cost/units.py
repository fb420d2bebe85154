"""What one event of 700 bytes takes: sizes, write and read units, milliseconds, bytes of log.

Sizes and units are checked on the real engine by `tests/infra/test_cost.py`. Milliseconds are
assumptions, since only an account can tell them; docs/cost.md says what they weigh.
"""

BODY_BYTES = 700
"""The request's body: id, type and payload."""

LOG_ITEM_BYTES = 833
ROW_BYTES = 823
REPLACED_ITEM_BYTES = 587
"""The same event as the replaced design's item: a nested map, and no hash or caller."""

INDEXING_BYTES = 100
"""DynamoDB's own bytes for each item (Developer Guide, "Item sizes")."""

LOG_WRITE_UNITS = 1
ROW_WRITE_UNITS = 1
REPLACED_WRITE_UNITS = 2
"""A put into the table, and its copy in the index by type."""

READ_UNITS = 0.5
PAGE_READ_UNITS = 10.0
"""An event by id, and a page of 50 of a type that has many: four queries, eventually consistent."""

ANSWER_BYTES = {1: 1_100, 25: 5_500}
"""Body and headers of the answer to one event, and to a batch."""

WRITE_MILLISECONDS = {1: 15, 25: 40}
"""By the events of one request; an insert alone is DynamoDB's single-digit milliseconds."""

PROJECT_MILLISECONDS = 25
READ_MILLISECONDS = 10
STREAM_SHARDS = 4
"""A new table on demand has four partitions, and its stream a shard for each."""

LAMBDA_LOG_BYTES = 450
"""Lambda's own two lines for an invocation, in JSON, with what CloudWatch adds to each."""

LOG_BYTES = LAMBDA_LOG_BYTES + 600
"""The same, and what a function of ours says of a request or batch: a line, and its metrics."""

ACCESS_LOG_BYTES = 750
"""The API's own line for a request; see `infra/access_log.py`."""
