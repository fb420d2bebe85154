"""The pages that the code writes are as it would write them, and name all that there is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.bundling import ROOT
from infra.reference.pages import pages
from infra.settings import STAGES


@pytest.fixture(scope="module")
def written() -> Mapping[str, str]:
    return pages()


def test_the_pages_are_what_the_code_writes(written: Mapping[str, str]) -> None:
    for name, text in written.items():
        assert (ROOT / name).read_text("utf-8") == text, "write it: python -m infra.reference"


def test_every_setting_has_a_row_with_a_meaning(written: Mapping[str, str]) -> None:
    rows = re.findall(
        r"^\| `([a-z0-9_.]+)` \| .* \| (.+) \|$",
        written["docs/reference/settings.md"],
        re.MULTILINE,
    )
    meanings = dict(rows)
    assert all(meanings.values())
    stage = STAGES["prod"].model_dump()
    assert {name for name in _names(stage) if name not in meanings} == set()


def test_a_value_of_one_stage_alone_is_named(written: Mapping[str, str]) -> None:
    page = written["docs/reference/settings.md"]
    assert "| `read.reserved_concurrency` | a whole number, from 1 | none; prod: `200` |" in page
    assert "| `authorizer` | `iam`, `cognito`, `jwt`, `none` | `iam`; dev: `none` |" in page


def _names(settings: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted names of all that has a value."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _names(value, f"{prefix}{name}.")
        elif value is not None:
            yield prefix + name
