"""The document's pattern of a `filter` allows what the API reads, and nothing else."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import ProblemError
from api.search_filters import filter_of
from infra.openapi.filter_pattern import FILTER

_PARTS = ("payload", "source", "a", ".", ":", "\\", "\n", "=", "<", ">", "-1", ".5", "e7", "2026")
_TIMES = ("2026-02-28", "T12:00:00Z", "t23:59:60.123456789+05:30", "T24:00:00Z", "T12:00Z")


def is_read(text: str) -> bool:
    try:
        filter_of(text)
    except ProblemError:
        return False
    return True


@given(st.lists(st.sampled_from([*_PARTS, *_TIMES]), max_size=9).map("".join))
def test_a_text_is_read_if_it_is_like_the_pattern(text: str) -> None:
    assert is_read(text) is (re.search(FILTER, text) is not None)


@pytest.mark.parametrize(
    "text",
    [
        "source:",
        "subject::x",
        "causation_id:=>x",
        r"payload.a\:b\.c.:x",
        "payload.:",
        "payload.a:=>10",
        "payload.a:<-1.5e300",
        "payload.a:>=2026-01-31T23:59:60.5+05:30",
        f"payload.a:<{date.max.isoformat()}",
    ],
)
def test_good_ones(text: str) -> None:
    assert (is_read(text), re.search(FILTER, text) is not None) == (True, True)


@pytest.mark.parametrize(
    "text",
    [":", "id:x", "payload:x", r"p\ayload.a:1", "source:>x", "payload.a:>", "payload.a:>=ten"],
)
def test_bad_ones(text: str) -> None:
    assert (is_read(text), re.search(FILTER, text) is not None) == (False, False)
