"""`python -m tests.mutations`: exit code 0 if a test notices each protection that is taken out."""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from infra.bundling import ROOT
from tests.mutations.run import Outcome, outcome, pytest
from tests.mutations.table import MUTATIONS


def main() -> int:
    """Run the mutations whose names hold the word that is given, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only those whose name holds it")
    word = parser.parse_args().word
    chosen = [mutation for mutation in MUTATIONS if word in mutation.what]
    code, said = pytest(ROOT, *sorted({mutation.test for mutation in chosen}))
    if code:
        sys.stderr.write(f"{said}\nThe tests fail as it is: they would notice nothing.\n")
        return 1
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for mutation, found in zip(chosen, threads.map(outcome, chosen), strict=True):
            sys.stdout.write(f"{found:<9} {mutation.what}\n{'':<10}{mutation.test}\n")
            sys.stdout.flush()
            outcomes.append(found)
    noticed = outcomes.count(Outcome.NOTICED)
    sys.stdout.write(f"{noticed} of {len(outcomes)} noticed\n")
    return 0 if outcomes and noticed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
