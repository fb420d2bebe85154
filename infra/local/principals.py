"""Who may call the API on this machine: one user for each managed policy that the stack offers.

Invariant: a user's keys are made once for a data folder, and readable by its owner alone.
"""

import os
import secrets
from collections.abc import Sequence
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from botocore.credentials import Credentials

from infra.local.resource_names import ACCOUNT
from infra.local.resources import Policy, Statement

CREDENTIALS_FILE = "credentials"
EVERYTHING = "default"
"""The user to whom every policy is attached, and whose keys AWS's clients take unless told."""

_ID, _SECRET = "aws_access_key_id", "aws_secret_access_key"


@dataclass(frozen=True)
class Principal:
    """An IAM user with one pair of keys."""

    name: str
    key: str
    secret: str
    statements: tuple[Statement, ...]

    @property
    def arn(self) -> str:
        """The user's ARN."""
        return f"arn:aws:iam::{ACCOUNT}:user/{self.name}"


def local_principals(policies: Sequence[Policy], file: Path) -> list[Principal]:
    """A user per policy, named after it, and one with all of them; `file` keeps their keys.

    The file is one that AWS's own clients read as AWS_SHARED_CREDENTIALS_FILE.
    https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
    """
    granted = {policy.name.lower(): policy.statements for policy in policies}
    granted[EVERYTHING] = tuple(one for policy in policies for one in policy.statements)
    keys = _read(file)
    for name in granted:
        if not keys.has_section(name):
            made = {_ID: f"LOCAL{name.upper()}", _SECRET: secrets.token_urlsafe(30)}
            keys.read_dict({name: made})
    _write(keys, file)
    return [
        Principal(name, keys[name][_ID], keys[name][_SECRET], statements)
        for name, statements in granted.items()
    ]


def local_credentials(file: Path, *, user: str) -> Credentials:
    """A local user's credentials."""
    keys = _read(file)[user]
    return Credentials(keys[_ID], keys[_SECRET])


def _read(file: Path) -> RawConfigParser:
    keys = RawConfigParser()
    keys.read(file, encoding="utf-8")
    return keys


def _write(keys: RawConfigParser, file: Path) -> None:
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        keys.write(out)
    new.replace(file)
