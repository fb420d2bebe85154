"""What is in the explorer's bucket once it is published, published again, and taken away."""

from pathlib import Path
from typing import Any

import pytest

from api.explorer_files import empty, publish
from api.explorer_page import CACHE_CONTROL, MEDIA_TYPES, PAGE, STAGE
from infra.explorer_sources import SOURCES, explorer_sources
from tests.buckets import TestBucket

TOLD = '{"api": "https://events.example.com/"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The page's files as the function's bundle has them."""
    for name, content in explorer_sources().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path / "explorer"


def test_each_file_is_there_with_its_type_and_asked_for_anew_each_time(
    bucket: TestBucket, folder: Path
) -> None:
    names = publish(bucket.client, bucket=bucket.name, folder=folder, stage=TOLD)
    assert names == bucket.keys() == sorted([STAGE, *(file.name for file in SOURCES.iterdir())])
    for name in names:
        found = bucket.client.get_object(Bucket=bucket.name, Key=name)
        content = TOLD.encode() if name == STAGE else (SOURCES / name).read_bytes()
        assert found["Body"].read() == content
        assert found["ContentType"] == MEDIA_TYPES[Path(name).suffix]
        assert found["CacheControl"] == CACHE_CONTROL


def test_the_page_is_put_after_all_that_it_loads(bucket: TestBucket, folder: Path) -> None:
    put: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        put.append(params["Key"])

    bucket.client.meta.events.register("before-parameter-build.s3.PutObject", note)
    try:
        publish(bucket.client, bucket=bucket.name, folder=folder, stage=TOLD)
    finally:
        bucket.client.meta.events.unregister("before-parameter-build.s3.PutObject", note)
    assert (put[-1], len(put)) == (PAGE, len(set(put)))


def test_what_is_no_part_of_the_page_any_more_goes(bucket: TestBucket, folder: Path) -> None:
    for name in ("old.js", "index.html"):
        bucket.client.put_object(Bucket=bucket.name, Key=name, Body=b"old")
    names = publish(bucket.client, bucket=bucket.name, folder=folder, stage=TOLD)
    assert bucket.keys() == names
    page = bucket.client.get_object(Bucket=bucket.name, Key=PAGE)["Body"].read()
    assert page == (SOURCES / PAGE).read_bytes()


def test_taken_away_nothing_of_it_is_left(bucket: TestBucket, folder: Path) -> None:
    publish(bucket.client, bucket=bucket.name, folder=folder, stage=TOLD)
    for _ in range(2):
        empty(bucket.client, bucket=bucket.name)
        assert bucket.keys() == []


def test_of_a_bucket_that_somebody_has_removed_nothing_is_left(bucket: TestBucket) -> None:
    empty(bucket.client, bucket=f"{bucket.name}-gone")
