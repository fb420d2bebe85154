"""CDK apps of one stack that serves all stages of a project: the account's, the pipeline's.

Invariant: aws_cdk, which starts Node when it is imported, is imported only once the settings are
known to be right.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

if TYPE_CHECKING:
    from aws_cdk import App

S = TypeVar("S")


def run(load: Callable[[], S], synthesize: Callable[[S], None]) -> int:
    """Synthesize what `load` gives; exit code 1 with a message where the settings are wrong."""
    try:
        settings = load()
    except ValidationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    synthesize(settings)
    return 0


def write_assembly(add_stack: Callable[["App"], object], *, out: str | None) -> None:
    """Write the cloud assembly, into CDK_OUTDIR unless `out` is given."""
    from aws_cdk import App  # noqa: PLC0415  # see above

    app = App(analytics_reporting=False, outdir=out)
    add_stack(app)
    app.synth()
