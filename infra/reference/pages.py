"""Which documents the code writes, wholly or in part."""

from collections.abc import Mapping

from infra.bundling import ROOT
from infra.cost.markdown import put_in
from infra.reference.api_page import api_page
from infra.reference.commands_page import commands_page
from infra.reference.errors_page import errors_page
from infra.reference.metrics_table import metrics_table
from infra.reference.settings_page import settings_page


def pages() -> Mapping[str, str]:
    """Document → its text as the code would have it."""
    operate = (ROOT / "docs" / "operate.md").read_text("utf-8")
    return {
        "docs/reference/api.md": api_page(),
        "docs/reference/errors.md": errors_page(),
        "docs/reference/settings.md": settings_page(),
        "docs/reference/commands.md": commands_page(),
        "docs/operate.md": put_in(operate, {"metrics": metrics_table()}),
    }
