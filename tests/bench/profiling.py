"""Runs in a process of its own: `profiling.py FILE FOLDER HANDLER` is `invocations.py`, profiled.

CPU time is profiled, so that what is waited for counts nothing. Python's own calls are inflated
against those of C, so that shares are told of it and no times.
"""

import cProfile
import runpy
import sys
import time
from pathlib import Path


def main() -> None:
    """Profile all invocations, and keep that in FILE."""
    file = sys.argv.pop(1)
    profile = cProfile.Profile(time.process_time)
    profile.runcall(runpy.run_path, str(Path(__file__).with_name("invocations.py")))
    profile.dump_stats(file)


main()
