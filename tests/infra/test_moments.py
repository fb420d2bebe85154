"""Moments and spans as options give them."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.moments import UnreadableMomentError, moment_of, span_of


def test_spans_and_moments_are_read() -> None:
    expected = {"30s": timedelta(seconds=30), "10m": timedelta(minutes=10)}
    expected |= {"2h": timedelta(hours=2), "1d": timedelta(days=1), "0s": timedelta()}
    assert {text: span_of(text) for text in expected} == expected
    assert moment_of("10m") == timedelta(minutes=10)
    assert moment_of("2026-01-31T12:00:00.5+01:00") == datetime(
        2026, 1, 31, 11, 0, 0, 500_000, tzinfo=UTC
    )


@pytest.mark.parametrize("text", ["", "10", "m", "-1m", "1.5h", "٣m", "1w", "9999999d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMomentError, match="a span such as 30s"):
        span_of(text)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-31", "2026-01-31T12:00:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UnreadableMomentError, match="2026-01-31T12:00:00Z"):
        moment_of(text)
