"""The mutations still fit the code that they change; `make mutations` runs them."""

import re
import shutil
from pathlib import Path

import pytest

from infra.bundling import ROOT
from tests.mutations.mutation import MovedError, Mutation
from tests.mutations.table import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.what)
def test_its_text_is_in_the_source_once_and_its_test_exists(
    mutation: Mutation, tmp_path: Path
) -> None:
    copy = tmp_path / mutation.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutation.file, copy)
    mutation.apply(tmp_path)
    assert copy.read_text() != (ROOT / mutation.file).read_text()
    file, _, test = mutation.test.partition("::")
    assert re.search(rf"^def {test}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_there_is_one_for_each_kind_of_protection() -> None:
    kinds = {mutation.what.partition(":")[0] for mutation in MUTATIONS}
    assert {"grant", "alarm", "encryption", "authorizer", "protection", "throttle"} <= kinds
    assert len(MUTATIONS) == len({mutation.what for mutation in MUTATIONS})


def test_a_mutation_of_code_that_has_moved_says_so(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("one two")
    for text in ("three", "o"):
        with pytest.raises(MovedError, match="not once in"):
            Mutation("a word", "code.py", text, "tests/test_docs.py::test_x").apply(tmp_path)
