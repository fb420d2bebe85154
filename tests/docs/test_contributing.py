"""The worked examples of docs/contributing fit the code, and what they add works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling import ROOT
from tests.docs.contributing import PAGES, copied_with_examples, count, patch, written
from tests.docs.patches import MovedError, apply, files, hunks


@pytest.mark.parametrize("example", PAGES)
def test_a_page_shows_its_example_and_names_and_counts_each_file(example: str) -> None:
    page = (ROOT / PAGES[example]).read_text("utf-8")
    assert page == written(example), "write it: python -m tests.docs.contributing"
    named = re.findall(r"^\| (?:new: )?`([^`]+)` \|", page, re.MULTILINE)
    assert sorted(named) == sorted(files(patch(example)))
    assert f"**{count(example)} files**" in page


def test_the_examples_work_on_a_copy_of_the_code(tmp_path: Path) -> None:
    tree = copied_with_examples(tmp_path / "tree")
    command = [sys.executable, "-m", "tests.docs.examples_in_a_copy"]
    subprocess.run(command, cwd=tree, check=True, timeout=60)


def test_a_diff_is_its_files_and_what_becomes_of_their_lines(tmp_path: Path) -> None:
    diff = (
        "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"
        "@@ -1,2 +1,2 @@ def f():\n a\n-b\n+c\n@@ -9 +9,2 @@\n z\n+--- y\n"
        "diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n"
        "@@ -0,0 +1 @@\n+n\n"
    )
    assert files(diff) == ["x.py", "new"]
    assert [(hunk.old, hunk.new) for hunk in hunks(diff)] == [
        ("a\nb\n", "a\nc\n"),
        ("z\n", "z\n--- y\n"),
        ("", "n\n"),
    ]
    (tmp_path / "x.py").write_text("first\na\nb\nz\n")
    apply(diff, tmp_path)
    assert (tmp_path / "x.py").read_text() == "first\na\nc\nz\n--- y\n"
    assert (tmp_path / "new").read_text() == "n\n"
    with pytest.raises(MovedError, match=r"x\.py no longer has"):
        apply(diff, tmp_path)
