"""Deployments built side by side in one process: a quarter of a second each, unbundled."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import PolicyValidationPluginReport, Stack
from cdk_nag import AwsSolutionsChecks

from infra.app import app_of
from infra.settings import Settings
from infra.synth import CloudAssembly
from tests.infra.options import Choice, name_of, settings_of
from tests.infra.template import Template


@dataclass(frozen=True)
class Finding:
    """What cdk-nag has against a construct: its path within the stack, and for some rules which.

    https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#aws-solutions
    """

    rule: str
    which: str
    path: str


@dataclass(frozen=True)
class Variant:
    """A deployment that the settings allow; `kept`, it has termination protection."""

    name: str
    settings: Settings
    template: Template
    kept: bool
    findings: frozenset[Finding]


def bundled(settings: Settings, folder: Path) -> CloudAssembly:
    """The cloud assembly that is deployed, without a process of its own for it."""
    app_of(settings, bundled=True, out=str(folder)).synth()
    return CloudAssembly(folder)


def unbundled(settings: Settings, folder: Path) -> CloudAssembly:
    """The cloud assembly that a local run would read, without a process of its own for it."""
    app_of(settings, bundled=False, out=str(folder)).synth()
    return CloudAssembly(folder)


def built(choices: Iterable[Choice]) -> list[Variant]:
    """Each choice synthesized."""
    with tempfile.TemporaryDirectory() as out:
        return [_built(choice, out) for choice in choices]


def _built(choice: Choice, out: str) -> Variant:
    settings = settings_of(choice)
    app = app_of(settings, bundled=False, out=out)
    [stack] = [child for child in app.node.children if isinstance(child, Stack)]
    report = AwsSolutionsChecks(app).validate_scope(stack)
    template = app.synth().get_stack_by_name(stack.node.id).template
    return Variant(
        name=name_of(choice),
        settings=settings,
        template=Template(template),
        kept=bool(stack.termination_protection),
        findings=frozenset(_findings(report)),
    )


def _findings(report: PolicyValidationPluginReport) -> Iterable[Finding]:
    for violation in report.violations:
        rule, _, which = violation.rule_name.partition("[")
        for resource in violation.violating_resources:
            path = (resource.construct_path or "").partition("/")[2]
            yield Finding(rule.removeprefix("AwsSolutions-"), which.removesuffix("]"), path)
