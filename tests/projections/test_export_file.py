"""A data file is read line by line, in parts, however large it is."""

import gzip
import random

import pytest
from botocore.exceptions import ClientError

from projections import export_file
from tests.projections.exports import Bucket, data_file

PART = 1024 * 1024


def read(bucket: Bucket) -> list[bytes]:
    return list(export_file.lines(bucket.client, "exports", "file"))


def test_a_file_of_many_parts_is_read_whole() -> None:
    noise = random.Random(1)  # noqa: S311  # hardly to be compressed
    lines = [noise.randbytes(700).replace(b"\n", b"") + b"\n" for _ in range(4_000)]
    bucket = Bucket(file=data_file(lines))
    assert read(bucket) == lines
    assert len(bucket.parts) == 3
    assert max(bucket.parts) <= PART


def test_a_file_that_fills_its_last_part_ends_there() -> None:
    content = gzip.compress(b"a\nb\n")
    padded = content + b"\0" * (PART - len(content))  # RFC 1952 lets zeros follow
    assert read(Bucket(file=padded)) == [b"a\n", b"b\n"]


@pytest.mark.parametrize("content", [b"", gzip.compress(b"")], ids=["no bytes", "no lines"])
def test_the_file_of_an_empty_partition_has_no_lines(content: bytes) -> None:
    """Full export output: for partitions that are empty, the export creates an empty file."""
    assert read(Bucket(file=content)) == []


def test_a_file_of_several_gzip_members_is_one() -> None:
    assert read(Bucket(file=data_file([b"a\n"]) + data_file([b"b\n"]))) == [b"a\n", b"b\n"]


def test_a_file_that_is_cut_off_is_an_error() -> None:
    with pytest.raises(EOFError):
        read(Bucket(file=data_file([b"a\n"] * 100)[:-9]))


def test_a_fault_of_the_store_is_passed_on() -> None:
    class Closed(Bucket):
        def get_object(self, **_request: str) -> dict[str, object]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetObject")

    with pytest.raises(ClientError, match="AccessDenied"):
        read(Closed())
