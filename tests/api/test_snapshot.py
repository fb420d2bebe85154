"""Two environments of one snapshot are two: what they make up is made per request.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import subprocess
import sys
from pathlib import Path

# A fork is a copy of a process that has started, as an environment restored from a snapshot is.
ANSWER_IN_TWO_COPIES = """
import json, os, random
from api.write import build
from domain.memory_log import MemoryLog
from tests.requests import post
from tests.telemetry import CONTEXT, Told

handler = build(log=MemoryLog(), telemetry=Told().telemetry)
state = random.getstate()
for _ in range(2):
    if os.fork() == 0:
        random.setstate(state)  # Python seeds it anew in a fork; a restored snapshot it does not
        for _ in range(3):
            answer = handler(post('{"type": "t", "payload": 1}'), CONTEXT)
            print(json.loads(answer["body"])["id"], flush=True)
        os._exit(0)
    os.wait()
"""
RANDOM_PART = slice(15, None)  # after the time and the version


def test_copies_of_a_started_function_make_up_different_ids() -> None:
    command = [sys.executable, "-c", ANSWER_IN_TWO_COPIES]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    ids = done.stdout.split()
    assert len(ids) == 6
    assert len({id[RANDOM_PART] for id in ids}) == 6
