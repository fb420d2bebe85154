"""The explorer page on AWS, as one construct: its site, what fills it, and what the page is told.

Invariant: the function's role may put into, list and delete from the page's bucket, and no other;
the page asks the API itself, as any caller does: nothing stands between them.
"""

from aws_cdk import CustomResource, Duration
from constructs import Construct

from domain import config
from infra.code_digest import code_digest
from infra.explorer_settings import ExplorerSettings
from infra.explorer_sources import explorer_sources
from infra.explorer_stage import stage_json
from infra.function_settings import FunctionSettings
from infra.settings import Settings
from infra.token_check import MakeFunction

EXPLORER_FILES = "api.explorer_files_handler.handler"

_SIZING = FunctionSettings(memory_mb=256, timeout_seconds=60)


class ExplorerOnAws(Construct):
    """The page of a stage whose API is at `api`; `origin` is where browsers get it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        api: str,
        explorer: ExplorerSettings,
        function: MakeFunction,
        settings: Settings,
    ) -> None:
        # CloudFront's part of CDK takes half a second to load, which most stages never need.
        from infra.explorer_site import ExplorerSite  # noqa: PLC0415

        super().__init__(scope, id)
        address = f"{api}/"
        site = ExplorerSite(self, "Site", api=address, explorer=explorer)
        given = {
            config.EXPLORER_BUCKET: site.bucket.bucket_name,
            config.EXPLORER_STAGE: stage_json(settings, api=address),
        }
        files = function("ExplorerFiles", handler=EXPLORER_FILES, environment=given, sizing=_SIZING)
        files.allow("s3:ListBucket", on=site.bucket.bucket_arn)
        objects = site.bucket.arn_for_objects("*")
        files.allow("s3:PutObject", "s3:DeleteObject", on=objects, encrypted=False)
        CustomResource(
            self,
            "Files",
            resource_type="Custom::ExplorerFiles",
            service_token=files.function.function_arn,
            service_timeout=Duration.seconds(_SIZING.timeout_seconds + 60),
            properties={
                "Files": code_digest(EXPLORER_FILES, beside=explorer_sources()),
                **given,
            },
        )
        self.origin = site.origin


def explorer_of(
    scope: Construct, id: str, *, api: str, function: MakeFunction, settings: Settings
) -> ExplorerOnAws | None:
    """The stage's page, if it has one."""
    if settings.explorer is None:
        return None
    return ExplorerOnAws(
        scope, id, api=api, explorer=settings.explorer, function=function, settings=settings
    )
