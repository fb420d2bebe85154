"""The CDK app of the pipeline's roles: `make pipeline-role` deploys it, and nothing else does."""

import sys
from typing import TYPE_CHECKING

from infra.pipeline.settings import PipelineSettings, load
from infra.project_app import run, write_assembly

if TYPE_CHECKING:
    from aws_cdk import App


def synthesize(settings: PipelineSettings, *, out: str | None = None) -> None:
    """Write the cloud assembly, into CDK_OUTDIR unless `out` is given."""

    def add_stack(app: "App") -> None:
        from infra.pipeline.stack import PipelineStack  # noqa: PLC0415  # it imports aws_cdk

        PipelineStack(app, settings=settings)

    write_assembly(add_stack, out=out)


def main() -> int:
    """The entry of `cdk`."""
    return run(load, synthesize)


if __name__ == "__main__":
    sys.exit(main())
