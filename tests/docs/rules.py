"""How each kind of block in the documents is tested, by its language and its mark.

Invariant: a block without a rule is a fault.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import yaml

from infra import (
    alarm_settings,
    budget_settings,
    caller_settings,
    explorer_settings,
    search_settings,
    settings,
)
from infra.bundling import ROOT
from tests.docs.command_rules import (
    NOT_RUN,
    during_incident,
    only_checked,
    run_commands,
    start_of_the_stack,
    transcript,
)
from tests.docs.contributing import PAGES
from tests.docs.documents import Sample
from tests.docs.session import Session

Rule = Callable[[Session, Sample], Iterator[str]]
"""Yields what is wrong with a sample."""

_SETTINGS = (
    settings,
    alarm_settings,
    budget_settings,
    caller_settings,
    explorer_settings,
    search_settings,
)


class NoRuleError(Exception):
    """Nothing says how to test a block."""


def rule_of(sample: Sample) -> Rule:
    """The rule for a sample.

    Raises:
        NoRuleError: its language, or one of its marks, is not known.
    """
    fence = sample.fence
    found = _RULES.get((fence.language, " ".join(sorted(fence.marks))))
    if found is None:
        raise NoRuleError(f"{sample.at()}: no rule for ```{fence.info}")
    return found


def _program(session: Session, sample: Sample) -> Iterator[str]:
    """A file that a later command uses, or a program that is run as it is."""
    fence = sample.fence
    endings = {"python": ("py", "python"), "javascript": ("mjs", "node")}
    ending, program = endings[fence.language]
    file = fence.title or f"sample.{ending}"
    session.write(file, fence.text)
    if not fence.title:
        code, printed = session.run(f"{program} {file}")
        if code:
            yield f"{sample.at()}: exit code {code}\n{printed}"


def _stage_settings(session: Session, sample: Sample) -> Iterator[str]:
    names = {name: value for module in _SETTINGS for name, value in vars(module).items()}
    made = eval(sample.fence.text, names)  # noqa: S307  # a sample of our own documents
    if not isinstance(made, settings.Settings):
        yield f"{sample.at()}: these are no settings of a stage"


def _json(session: Session, sample: Sample) -> Iterator[str]:
    json.loads(sample.fence.text)
    if sample.fence.title:
        session.write(sample.fence.title, sample.fence.text)
    yield from ()


def _yaml(session: Session, sample: Sample) -> Iterator[str]:
    yaml.safe_load(sample.fence.text)
    yield from ()


def _policy(session: Session, sample: Sample) -> Iterator[str]:
    """A statement of IAM: each method and path that it names is a route of the stack."""
    statement = json.loads(sample.fence.text)
    routes = (ROOT / "docs" / "reference.md").read_text("utf-8")
    resources = statement["Resource"]
    for resource in [resources] if isinstance(resources, str) else resources:
        method, _, path = resource.partition("/STAGE/")[2].partition("/")
        if f"`{method} /{path.replace('*', '{id}')}" not in routes:
            yield f"{sample.at()}: {method} /{path} is no route"


def _example(session: Session, sample: Sample) -> Iterator[str]:
    """Only a page whose example tests/docs/test_contributing.py applies has a diff."""
    if sample.document not in PAGES.values():
        yield f"{sample.at()}: nothing applies this diff"


def _drawing(session: Session, sample: Sample) -> Iterator[str]:
    """Nothing to run."""
    yield from ()


_COMMAND_MARKS = {
    (language, mark): only_checked for language in ("console", "sh") for mark in NOT_RUN
}
_RULES: Mapping[tuple[str, str], Rule] = MappingProxyType(
    {
        ("console", ""): transcript,
        ("console", "incident"): during_incident,
        ("console", "run"): start_of_the_stack,
        ("sh", ""): run_commands,
        **_COMMAND_MARKS,
        ("python", ""): _program,
        ("python", "settings"): _stage_settings,
        ("javascript", ""): _program,
        ("json", ""): _json,
        ("json", "policy"): _policy,
        ("yaml", ""): _yaml,
        ("diff", ""): _example,
        ("text", "drawing"): _drawing,
        ("text", "logs-insights"): _drawing,
    }
)
