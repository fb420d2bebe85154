"""What cfn-lint's command line says of templates."""

import json
import subprocess
import sys
from pathlib import Path

from infra.synth import CloudAssembly


def lint(*assemblies: CloudAssembly, folder: Path) -> tuple[int, str]:
    """Exit code and output; `folder` is for files to be looked at."""
    files = [folder / f"{one.stack}.json" for one in assemblies]
    for file, one in zip(files, assemblies, strict=True):
        # It reads a state machine's definition as it stands, with nothing put in.
        file.write_text(json.dumps(one.template()).replace("${Partition}", "aws"))
    # W3005: CDK names a dependency that a reference implies.
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    command = [cfn_lint, "--ignore-checks", "W3005", "--", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout
