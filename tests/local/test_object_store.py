"""The local object store: what was put is there after a restart, what was deleted is not."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from moto.s3.models import s3_backends

from infra.local.aws import LocalAws
from infra.local.errors import LocalStackError
from infra.local.object_store import object_store

KEYS = ["parked/by-type/2026/11/23/é%2F%23/1", "a b/c+d", "plain"]


def client(endpoint: str) -> Any:
    return LocalAws("", endpoint, "eu-central-1").client("s3")


def test_objects_survive_a_restart_byte_for_byte(tmp_path: Path) -> None:
    journal = tmp_path / "objects" / "journal"
    bucket = f"bucket-{tmp_path.name.lower().replace('_', '-')}"
    with object_store(journal=journal) as endpoint:
        s3 = client(endpoint)
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        for key in KEYS:
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode() + b"\x00\xff")
        s3.delete_object(Bucket=bucket, Key="plain")
        s3.close()
    _forget_all()
    with object_store(journal=journal) as endpoint:
        s3 = client(endpoint)
        found = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        assert sorted(found) == sorted(KEYS[:2])
        for key in found:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            assert body == key.encode() + b"\x00\xff"
        s3.close()


def test_a_change_that_a_crash_cut_off_is_left_out_and_spoils_no_later_one(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text('{"method": "PUT", "uri": "/half')
    bucket = f"bucket-{uuid.uuid4()}"
    with object_store(journal=journal) as endpoint:
        client(endpoint).create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    _forget_all()
    with object_store(journal=journal) as endpoint:
        assert [b["Name"] for b in client(endpoint).list_buckets()["Buckets"]] == [bucket]


def test_a_journal_that_cannot_be_replayed_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text('{"method": "PUT", "uri": "/nobucket/x", "headers": {}, "body": ""}\n')
    message = "cannot be replayed: PUT /nobucket/x answers 404"
    with pytest.raises(LocalStackError, match=message), object_store(journal=journal):
        pass


def _forget_all() -> None:
    """Empty moto, which keeps its objects in the process, as a restart does."""
    for account in list(s3_backends):
        s3_backends[account].reset()
