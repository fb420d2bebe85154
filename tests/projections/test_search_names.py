import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections import search_names
from projections.search_names import document_id, generation_of, index_name, month_of
from tests.builders import ids

RECORDED_AT = "2026-11-23T10:00:00.000000Z"


def test_an_index_is_named_after_generation_and_month() -> None:
    assert index_name(3, RECORDED_AT) == "events-search-3-2026.11"


@given(st.integers(1, 10**6))
def test_a_generation_is_read_from_its_indices_name(generation: int) -> None:
    assert generation_of(index_name(generation, RECORDED_AT)) == generation


@pytest.mark.parametrize(
    "index", ["events-search", "events-search-1", "events-search-01-2026.11", "other-1-2026.11", ""]
)
def test_another_index_has_no_generation(index: str) -> None:
    with pytest.raises(ValueError, match="no index of the search projection"):
        generation_of(index)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11"])
def test_what_is_no_time_of_the_log_has_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="no time of the log"):
        month_of(text)


def test_no_generation_takes_the_indices_of_another() -> None:
    prefix = search_names.index_pattern(1).removesuffix("*")
    assert index_name(1, RECORDED_AT).startswith(prefix)
    assert not index_name(10, RECORDED_AT).startswith(prefix)


@given(ids)
def test_an_id_that_fits_is_the_documents_own(id: str) -> None:
    digest = f"sha256-{hashlib.sha256(id.encode()).hexdigest()}"
    assert document_id(id) == (id if len(id.encode()) <= 512 else digest)


def test_an_id_that_looks_like_a_digest_takes_no_other_events_place() -> None:
    long = "\U0001f600" * 200
    assert document_id(document_id(long)) != document_id(long)
