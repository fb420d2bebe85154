"""A pump in a process of its own, to be killed: appends each handled id to a file, slowly."""

import sys
import threading
from pathlib import Path
from typing import Any

from infra.local.aws import LocalAws
from infra.local.stream_pump import Mapping, StreamPump


def main(endpoint: str, stream_arn: str, checkpoints: str, handled: str) -> None:
    streams = LocalAws(endpoint, "", "eu-central-1").client("dynamodbstreams")

    def invoke(event: dict[str, Any]) -> None:
        ids = (record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"])
        with Path(handled).open("a") as file:
            file.writelines(f"{one}\n" for one in ids)
        threading.Event().wait(0.02)

    mapping = Mapping("killed", stream_arn, batch_size=50, parallelization=2)
    StreamPump(mapping, streams=streams, invoke=invoke, checkpoints=Path(checkpoints)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
