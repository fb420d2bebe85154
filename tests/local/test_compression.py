"""Compressed requests and answers, as API Gateway documents them."""

import gzip
import zlib

import pytest

from infra.local.authorization import RefusedError
from infra.local.compression import compressed, opened
from infra.local.proxy_event import HttpRequest, HttpResponse

LIMIT = 1_000


def request(body: bytes = b"", **headers: str) -> HttpRequest:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return HttpRequest("POST", "/events", "", named, body, "127.0.0.1")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"x" * LIMIT)),
        ("GZIP", gzip.compress(b"x" * LIMIT)),
        ("deflate", zlib.compress(b"x" * LIMIT)),
        ("identity", b"x" * LIMIT),
    ],
    ids=["gzip", "in capitals", "deflate", "identity"],
)
def test_a_body_is_opened_as_it_says(coding: str, body: bytes) -> None:
    assert opened(request(body, content_encoding=coding), limit=LIMIT).body == b"x" * LIMIT


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("gzip", gzip.compress(b"x" * (LIMIT + 1)), 413),
        ("gzip", gzip.compress(bytes(10_000_000)), 413),
        ("gzip", b'{"id":1}', 415),
        ("gzip", gzip.compress(b"cut off")[:-1], 415),
        ("deflate", gzip.compress(b"x"), 415),
        ("br", b"x", 415),
    ],
    ids=["too large", "a bomb", "not so", "cut off", "another's coding", "not known"],
)
def test_a_body_that_is_not_so_or_too_large_is_refused(
    coding: str, body: bytes, status: int
) -> None:
    with pytest.raises(RefusedError) as refused:
        opened(request(body, content_encoding=coding), limit=LIMIT)
    assert refused.value.error.status == status


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.8", "gzip"),
        ("deflate", "deflate"),
        ("*", None),
        ("gzip; q=0", None),
        ("", None),
    ],
)
def test_an_answer_is_compressed_as_the_client_takes_it(accepted: str, coding: str | None) -> None:
    plain = HttpResponse(200, (("Content-Type", "application/json"),), b"x" * 100)
    answer = compressed(plain, request(accept_encoding=accepted), minimum=100)
    assert dict(answer.headers).get("Content-Encoding") == coding
    windows = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
    body = zlib.decompress(answer.body, windows[coding]) if coding else answer.body
    assert body == plain.body


def test_a_small_answer_and_one_that_is_compressed_already_stay() -> None:
    takes = request(accept_encoding="gzip")
    small = HttpResponse(200, (), b"x" * 99)
    done = HttpResponse(200, (("content-encoding", "br"),), b"x" * 100)
    large = HttpResponse(200, (), b"x" * 100)
    assert compressed(small, takes, minimum=100) is small
    assert compressed(done, takes, minimum=100) is done
    assert compressed(large, takes, minimum=None) is large
