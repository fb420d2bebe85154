"""OpenSearch as a process: who runs it, where it listens."""

import json
import os
import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local.opensearch_program import work_folder


def test_it_is_the_official_server_on_one_address_alone(opensearch: str) -> None:
    with urllib.request.urlopen(opensearch, timeout=30) as answer:
        version = json.load(answer)["version"]
    assert (version["distribution"], version["number"]) == ("opensearch", "3.8.0")
    with pytest.raises(OSError, match=r"refused|assign|timed out"):
        socket.create_connection(("127.0.0.2", urlsplit(opensearch).port or 0), timeout=2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has other users run it")
def test_another_user_gets_a_folder_where_it_cannot_reach_ours(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    folder = work_folder(hidden / "data", user="nobody")
    assert not folder.is_relative_to(hidden)
    assert folder.owner() == "nobody"
    assert work_folder(hidden / "data", user="nobody") == folder
    folder.rmdir()
