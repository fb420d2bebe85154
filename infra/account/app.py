"""The CDK app of the account's stack: `make account` deploys it, and nothing else does."""

import sys
from typing import TYPE_CHECKING

from infra.account.settings import AccountSettings, load
from infra.project_app import run, write_assembly

if TYPE_CHECKING:
    from aws_cdk import App


def synthesize(settings: AccountSettings, *, out: str | None = None) -> None:
    """Write the cloud assembly, into CDK_OUTDIR unless `out` is given."""

    def add_stack(app: "App") -> None:
        from infra.account.stack import AccountStack  # noqa: PLC0415  # it imports aws_cdk

        AccountStack(app, settings=settings)

    write_assembly(add_stack, out=out)


def main() -> int:
    """The entry of `cdk`."""
    return run(load, synthesize)


if __name__ == "__main__":
    sys.exit(main())
