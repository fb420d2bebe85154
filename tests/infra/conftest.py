"""Every stage synthesized once a test run, and every combination of options."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from infra.settings import STAGES, load
from infra.synth import CloudAssembly
from tests.infra.once import once
from tests.infra.options import every_choice
from tests.infra.template import Template
from tests.infra.variants import Variant, built, bundled


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, CloudAssembly]:
    """The deployable cloud assembly of each stage, by the stage's name."""

    def made(folder: Path) -> Mapping[str, CloudAssembly]:
        return {stage: bundled(load(stage=stage, environ={}), folder / stage) for stage in STAGES}

    return once(tmp_path_factory, "assemblies", made)


@pytest.fixture(scope="session")
def stages() -> Mapping[str, Variant]:
    """Each stage as it stands, by its name; what differs from its assembly is the code alone."""
    return {one.settings.stage: one for one in built({"stage": stage} for stage in STAGES)}


@pytest.fixture(scope="session")
def templates(stages: Mapping[str, Variant]) -> Mapping[str, Template]:
    """The template of each stage, by the stage's name."""
    return {name: stage.template for name, stage in stages.items()}


@pytest.fixture(scope="session")
def template(templates: Mapping[str, Template]) -> Template:
    """The template of production; what a test says of it holds for every stage."""
    return templates["prod"]


@pytest.fixture(scope="session")
def bundles(assemblies: Mapping[str, CloudAssembly]) -> Mapping[str, Path]:
    """The folder that each function gets, by its handler."""
    return assemblies["prod"].assets()


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Variant]:
    """Every kind of deployment that the tests know, unbundled; the stages as they stand first."""
    return once(tmp_path_factory, "variants", lambda _: built(every_choice()))
