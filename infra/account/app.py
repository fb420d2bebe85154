"""The CDK app of the account's stack: `make account` deploys it, and nothing else does."""

import sys

from pydantic import ValidationError

from infra.account.settings import AccountSettings, load


def synthesize(settings: AccountSettings, *, out: str | None = None) -> None:
    """Write the cloud assembly, into CDK_OUTDIR unless `out` is given."""
    # aws_cdk starts Node when it is imported: what is refused is refused before.
    from aws_cdk import App  # noqa: PLC0415

    from infra.account.stack import AccountStack  # noqa: PLC0415

    app = App(analytics_reporting=False, outdir=out)
    AccountStack(app, settings=settings)
    app.synth()


def main() -> int:
    """The entry of `cdk`; exit code 1 with a message where the settings are wrong."""
    try:
        settings = load()
    except ValidationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    synthesize(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
