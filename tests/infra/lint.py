"""What cfn-lint says of templates; its rules are read once for all that a process looks at."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

IGNORED = ("W3005",)
"""W3005: CDK names a dependency that a reference implies."""


def lint(template: Mapping[str, Any], *, ignored: tuple[str, ...] = IGNORED) -> list[str]:
    """Each finding: its rule and what it says.

    https://github.com/aws-cloudformation/cfn-lint#getting-started-guides
    """
    # It reads a state machine's definition as it stands, with nothing put in.
    text = json.dumps(template).replace("${Partition}", "aws")
    parsed, errors = decode_str(text)
    found = errors or _linter(ignored).validate_template(parsed)
    return [f"{match.rule.id} {match.message}" for match in found]


@cache
def _linter(ignored: tuple[str, ...]) -> Runner:
    given = ManualArgs(regions=["us-east-1"], ignore_checks=list(ignored))
    return Runner(ConfigMixIn(**given))
