"""What AWS allows and takes, by its own pages: nothing here was measured by this project.

Read on 26 November 2026. A quota is an account's default in a large region; most can be raised.
"""

from typing import Final

API_REQUESTS: Final = 10_000
"""A second, over all APIs of an account and region.
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

CONCURRENCY: Final = 1_000
"""Invocations at a time, of all functions of an account and region; a new account has less.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

PARTITION_UNITS: Final = 1_000
"""Write units a second of one partition.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html
"""

TABLE_UNITS: Final = 40_000
"""Write units a second of one table.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

NEW_TABLE_UNITS: Final = 4_000
"""Write units a second that a new on-demand table takes at once.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
"""

POLLS: Final = 4
"""Looks at a shard of a stream, a second.
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

ONE_CPU_MB: Final = 1_769
"""Memory with which a function has one CPU.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""
