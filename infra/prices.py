"""AWS's list prices in us-east-1, in dollars for one, before any free tier; as of 2026-11.

Other regions cost up to about twice as much. They are for estimates: the bill is AWS's.
https://aws.amazon.com/api-gateway/pricing/ https://aws.amazon.com/lambda/pricing/
https://aws.amazon.com/dynamodb/pricing/on-demand/
"""

from infra.distributed_estimate import DOLLARS_PER_GB_SECOND
from projections.table_facts import DOLLARS_PER_READ_UNIT, DOLLARS_PER_WRITE_UNIT

API_REQUEST = 3.50e-6
LAMBDA_REQUEST = 0.20e-6
LAMBDA_GB_SECOND = DOLLARS_PER_GB_SECOND
DYNAMODB_WRITE_UNIT = DOLLARS_PER_WRITE_UNIT
DYNAMODB_READ_UNIT = DOLLARS_PER_READ_UNIT
