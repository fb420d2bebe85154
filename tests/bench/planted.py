"""Plants regressions in copies of the code: `python -m tests.bench.planted [WORD]`.

Exit code 0 if the check of each turns red by a budget; one that only cannot run proves nothing.
An added import is noticed by `tests/infra/test_imports.py`, and planted by `tests/mutations`.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bundling import ROOT
from tests.bench.bundles import FOLDERS
from tests.mutations.mutation import Mutation

_LEFT_OUT = shutil.ignore_patterns(
    *(".*_cache", "__pycache__", ".git", ".local", ".tox", ".venv", "build", "cdk.out"),
    "node_modules",
)
PLANTED = (
    Mutation(
        "a second parse of the body",
        "domain/json_text.py",
        "    structure = _outside_strings(text)\n",
        "warm",
        "    json.loads(text)\n    structure = _outside_strings(text)\n",
    ),
    Mutation(
        "a Scan behind each query",
        "projections/by_type_queries.py",
        "        behind = behind or rows.after\n",
        "listing",
        "        behind = behind or rows.after\n        self._client.scan(TableName=self._table)\n",
    ),
    Mutation(
        "an extra call for each event",
        "domain/dynamodb_log.py",
        "                self._client.execute_statement(**self._insert(recorded))\n",
        "counted",
        "                self._get(recorded.id, consistent=True)\n"
        "                self._client.execute_statement(**self._insert(recorded))\n",
    ),
)
"""Each with the benchmark whose check is to turn red in place of a test."""


def main() -> int:
    """Plant those whose names hold the word that is given, or all."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    found = [_noticed(one) for one in PLANTED if word in one.what]
    return 0 if found and all(found) else 1


def _noticed(planted: Mutation) -> bool:
    FOLDERS.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=FOLDERS.parent) as folder:  # where bundles can be linked
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=_LEFT_OUT, symlinks=True)
        planted.apply(tree)
        command = (sys.executable, "-m", "tests.bench", "--check", planted.test)
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    broken = [line.strip() for line in done.stdout.splitlines() if line.endswith(": BROKEN")]
    sys.stdout.write(f"{'noticed' if broken else 'SURVIVED'}  {planted.what}\n")
    sys.stdout.writelines(f"          {line}\n" for line in broken or [done.stderr[-500:]])
    sys.stdout.flush()
    return done.returncode == 1 and bool(broken)


if __name__ == "__main__":
    sys.exit(main())
