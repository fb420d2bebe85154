"""The site holds all that the documents link to, and asks nobody for anything."""

from pathlib import Path, PurePosixPath

import pytest

from infra.site.fences import Fence, UnclosedFenceError, fences, parts
from infra.site.pages import BrokenLinkError
from infra.site.requests import outside_requests
from infra.site.tree import write_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "write.py").write_text('"""Writes | appends.\n\nMore."""\nFENCE = "```"\n')
    return tmp_path


def built(root: Path, **documents: str) -> Path:
    for name, text in documents.items():
        (root / "docs" / f"{name}.md").write_text(text)
    write_tree(root / "site", root=root)
    return root / "site"


def test_a_source_file_that_is_linked_has_a_page_and_the_link_leads_there(root: Path) -> None:
    site = built(
        root, guide="See [it](../api/write.py#L3), [all](../api) and [web](https://x.y).\n"
    )
    text = (site / "guide.md").read_text()
    assert text == (
        "See [it](source/api/write.py.md#L3), [all](source/api/index.md) and [web](https://x.y).\n"
    )
    assert 'FENCE = "```"' in (site / "source/api/write.py.md").read_text()
    assert "| `write.py` | Writes \\| appends. |" in (site / "source/api/index.md").read_text()


def test_a_document_outside_brings_what_it_links_to(root: Path) -> None:
    (root / "NOTES.md").write_text("[back](docs/guide.md), [on](api/write.py)\n")
    site = built(root, guide="[notes](../NOTES.md)\n")
    text = (site / "source/NOTES.md").read_text()
    assert text == "[back](../guide.md), [on](api/write.py.md)\n"
    assert (site / "source/api/write.py.md").exists()


def test_a_link_that_leads_nowhere_fails_the_build(root: Path) -> None:
    with pytest.raises(BrokenLinkError, match=r"docs/guide.md: \.\./api/gone.py"):
        built(root, guide="[it](../api/gone.py)\n")


def test_decisions_have_an_index_by_their_titles(root: Path) -> None:
    (root / "docs/decisions/0001-one.md").write_text("# 1. One\n\nBecause.\n")
    site = built(root)
    assert "- [1. One](0001-one.md)\n" in (site / "decisions/index.md").read_text()


def test_what_is_deleted_leaves_the_site(root: Path) -> None:
    built(root, guide="old\n")
    (root / "docs/guide.md").unlink()
    assert not (built(root) / "guide.md").exists()


def test_a_link_within_code_is_text_and_the_marks_of_a_fence_are_not_shown(root: Path) -> None:
    site = built(root, guide='```console aws title="a b"\n$ echo "[x](y)"\n```\n`[a](b)`\n')
    text = (site / "guide.md").read_text()
    assert text == '```console title="a b"\n$ echo "[x](y)"\n```\n`[a](b)`\n'


def test_parts_give_back_the_text() -> None:
    text = "- one\n\n  ```json\n  {\n    1\n  }\n  ```\n````md\n```\n````\nend\n"
    shown = (part.shown() if isinstance(part, Fence) else part for part in parts(text))
    assert "".join(shown) == text


def test_a_fence_says_what_it_is() -> None:
    [fence] = fences('text\n```python settings title="a.py"\n  x = 1\n```\n')
    assert (fence.line, fence.language, fence.title) == (2, "python", "a.py")
    assert (fence.marks, fence.text) == (frozenset({"settings"}), "  x = 1\n")


def test_an_unclosed_fence_is_named() -> None:
    with pytest.raises(UnclosedFenceError, match="line 2"):
        list(fences("text\n```sh\nmake\n"))


def test_what_a_page_would_fetch_from_another_host_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="https://x.y"></a><script src="own.js"></script>')
    (tmp_path / "b.html").write_text(
        '<script src="https://x.y/z.js"></script><link rel="canonical" href="https://x.y">'
        '<img src="//x.y/i.png"><pre class="mermaid"><code>flowchart LR</code></pre>'
    )
    assert [(str(PurePosixPath(page)), what) for page, what in outside_requests(tmp_path)] == [
        ("b.html", "https://x.y/z.js"),
        ("b.html", "//x.y/i.png"),
        ("b.html", "the script that draws Mermaid diagrams"),
    ]
