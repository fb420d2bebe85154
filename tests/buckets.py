"""A bucket in the local object store, fresh for each test."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from infra.local.aws import LocalAws
from infra.local.buckets import create_buckets
from infra.local.object_store import object_store
from infra.local.resources import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class TestBucket:
    """A bucket's name, and a client that reaches it."""

    __test__ = False
    client: "S3Client"
    name: str

    def keys(self) -> list[str]:
        """The keys of all objects."""
        listed = self.client.list_objects_v2(Bucket=self.name)
        return [found["Key"] for found in listed.get("Contents", [])]


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator["S3Client"]:
    with object_store(journal=tmp_path_factory.mktemp("s3") / "journal") as endpoint:
        client = LocalAws("", endpoint, "eu-central-1").client("s3")
        yield client
        client.close()


@pytest.fixture
def bucket(s3: "S3Client") -> TestBucket:
    made = Bucket(f"parking-{uuid.uuid4().hex}", versioned=True)
    create_buckets(s3, [made])
    return TestBucket(s3, made.name)
