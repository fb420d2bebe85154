"""The stack in a process of its own, so that it can be killed; its workers' calls are injected.

It ends with its parent at the latest: when its standard input does.
`python -m tests.soak.stack_process DATA PORT DYNAMODB_ENDPOINT FOLDER`
"""

import os
import signal
import sys
import threading
from pathlib import Path

from infra.function_settings import ApiFunctionSettings, ProjectorFunctionSettings, StreamSettings
from infra.local.stack import running
from infra.local.stores import Engines
from infra.settings import Settings
from tests.soak.rules import FOLDER

ROOT = Path(__file__).parents[2]
HOOK = Path(__file__).with_name("hook")
RETRIES = 3

SETTINGS = Settings(
    stage="soak",
    authorizer="none",
    protect_data=False,
    write=ApiFunctionSettings(timeout_seconds=6),
    by_type_projector=ProjectorFunctionSettings(timeout_seconds=20),
    by_type_stream=StreamSettings(batch_size=100, window_seconds=0, retry_attempts=RETRIES),
)
"""Short timeouts and few retries, so that hanging and giving up take seconds."""


def main(data: str, port: str, endpoint: str, folder: str) -> int:
    """Run until SIGTERM or the end of standard input; 1 if a part of the stack ended by itself."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    threading.Thread(target=_wait_for_end_of_input, args=(ended,), daemon=True).start()
    with running(
        SETTINGS,
        port=int(port),
        data=Path(data),
        engines=Engines(dynamodb_endpoint=endpoint),
        function_environment={
            "PYTHONPATH": os.pathsep.join([str(HOOK), str(ROOT)]),
            FOLDER: folder,
        },
    ) as stack:
        while not ended.wait(0.2):
            if failure := stack.failure():
                print(failure, flush=True)  # noqa: T201
                return 1
    return 0


def _wait_for_end_of_input(ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
