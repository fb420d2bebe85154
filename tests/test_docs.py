"""What the docs name exists: files, tests, make targets, environment variables, commands."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from domain import config, metrics
from infra.cli import app
from projections import search_degradations
from projections.search_document import MAX_FIELDS_PER_EVENT, MAX_TEXT_CHARACTERS
from projections.search_fields import MAX_NAME_CHARACTERS
from projections.search_template import LONGEST_KEYWORD, MAX_FIELDS_PER_INDEX
from projections.search_values import MAX_DEPTH, MAX_PATH_CHARACTERS, MAX_STRING_CHARACTERS

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
ALL_TEXT = "\n".join(doc.read_text() for doc in DOCS)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_links_within_the_repository_lead_somewhere(doc: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", doc.read_text())
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    assert [target for target in targets if not (doc.parent / target).exists()] == []


def test_every_guarantee_names_tests_that_exist() -> None:
    sections = (ROOT / "docs" / "guarantees.md").read_text().split("\n## ")[1:]
    for section in sections:
        names = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", section)
        assert names, section
        for file, test in names:
            assert f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|^\$ )make ([a-z-]+)", ALL_TEXT, re.MULTILINE))
    assert named
    assert named <= targets


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]  # a click group
    named = set(re.findall(r"eventlog ([a-z]+)\b", ALL_TEXT))
    assert named == commands


def test_every_environment_variable_is_documented() -> None:
    names = {value for name, value in vars(config).items() if name.isupper()}
    assert {name for name in names if f"`{name}`" not in ALL_TEXT} == set()


def test_every_metric_is_documented_with_its_unit_and_dimension() -> None:
    section = (ROOT / "docs" / "operate.md").read_text().partition("\n## Metrics\n")[2]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (?:`(\w+)` )?\|", section, re.MULTILINE)
    known = [m for m in vars(metrics).values() if isinstance(m, metrics.Metric)]
    assert sorted(rows) == sorted((m.name, m.unit, m.dimension or "") for m in known)


def test_every_word_for_a_degraded_event_is_explained() -> None:
    section = (
        (ROOT / "docs" / "search.md").read_text().partition("\n## What is not searchable\n")[2]
    )
    explained = re.findall(r"^\| `([a-z-]+)` \|", section.partition("\n## ")[0], re.MULTILINE)
    words = {value for name, value in vars(search_degradations).items() if name.isupper()}
    assert set(explained) - {"degraded"} == words


def test_the_bounds_of_search_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "search.md").read_text()
    bounds = {
        f"more than {MAX_FIELDS_PER_EVENT} fields",
        f"has {MAX_FIELDS_PER_INDEX:,} fields",
        f"more than {MAX_STRING_CHARACTERS:,} characters are",
        f"more than {MAX_DEPTH} levels deep",
        f"more than {MAX_NAME_CHARACTERS} characters have no field; beyond {MAX_PATH_CHARACTERS:,}",
        f"after {MAX_TEXT_CHARACTERS:,} characters",
        f"up to {LONGEST_KEYWORD:,} characters",
    }
    assert {bound for bound in bounds if bound not in text} == set()


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text()
    groups = (ROOT / "pyproject.toml").read_text().partition("[dependency-groups]")[2]
    groups = groups.partition("\n[tool")[0]
    packages = re.findall(r'"([a-z0-9-]+)(?:\[[^"]*\])?"', groups)
    include = {"lambda", "deploy", "local", "test", "dev"}
    assert {p for p in packages if p not in include and p not in reasons} == set()
