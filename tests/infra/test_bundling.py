import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain import config
from infra import lambda_platform
from infra.bundle_contents import contents_of
from infra.bundling import AUTHORIZER_LOCK, LOCK, ROOT, SEARCH_LOCK, bundle, lock_of
from infra.first_party import closure
from infra.stack import BY_TYPE_PROJECTOR, BY_TYPE_REPLAY, READ, WRITE

MEGABYTE = 1_000_000
BOUNDS = {
    WRITE: 3 * MEGABYTE,
    READ: 3 * MEGABYTE,
    BY_TYPE_PROJECTOR: 3 * MEGABYTE,
    BY_TYPE_REPLAY: 3 * MEGABYTE,
}
"""What each function may weigh without bytecode, which as much as doubles it."""
HANDLERS = tuple(BOUNDS)
SEARCH = "api.search_handler.handler"

# Runs with the bundle and the standard library alone; prints where every module came from.
IMPORT_HANDLER = """
import importlib, json, sys
standard = sys.path[:]
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
assert callable(getattr(importlib.import_module(module), name))
files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
print(json.dumps([file for file in files if file and not file.startswith(tuple(standard))]))
"""

SERVE = """
import http.server, os, sys, threading
sys.path.insert(0, sys.argv[1])

class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.answer(b'{"Item": {"id": {"S": "1"}}}')

    def do_PUT(self):
        print(self.path)
        self.answer(b"")

    def answer(self, body):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.server_port}"
"""

CALL_DYNAMODB = f"""{SERVE}
from domain.dynamodb_client import connect
client = connect()
assert client.exceptions.DuplicateItemException
print(client.get_item(TableName="t", Key={{"id": {{"S": "1"}}}})["Item"]["id"]["S"])
"""

PUT_INTO_S3 = f"""{SERVE}
from projections.parking import connect_parking
s3 = connect_parking()
s3.put_object(Bucket="parking", Key="key", Body=b"x")
s3.get_paginator("list_objects_v2")  # as the explorer's files are listed: a file of its own
"""

ASK_OPENSEARCH = f"""{SERVE}
from projections.opensearch import connect
search = connect(os.environ["AWS_ENDPOINT_URL"], service="es")
print(search.ask("POST", "/events/_bulk", b"{{}}\\n").json()["Item"]["id"]["S"])
unused = "opensearchpy.client", "requests", "grpc", "google", "certifi"
print([name for name in unused if name in sys.modules])
"""


def run(code: str, *arguments: str) -> str:
    """What Python prints with nothing but the standard library, as an environment like Lambda's."""
    environ = {
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        config.EVENTS_TABLE: "events",
        config.EVENTS_BY_TYPE_TABLE: "events-by-type",
        config.TYPE_SHARDS: "4",
        config.CURSOR_KEY: "key",
        config.PARKING_BUCKET: "parking",
        config.EXPORT_BUCKET: "exports",
        config.SEARCH_ENDPOINT: "search.example",
        config.SEARCH_SERVICE: "es",
        config.ALLOWED_ORIGINS: "",
        config.LOG_LEVEL: "INFO",
        config.METRICS_NAMESPACE: "event-logger-dev",
    }
    command = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", code, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_bundle_holds_all_that_its_handler_imports(
    bundles: Mapping[str, Path], handler: str
) -> None:
    folder = bundles[handler]
    files = json.loads(run(IMPORT_HANDLER, str(folder), handler))
    assert files
    assert not [file for file in files if not Path(file).is_relative_to(folder)]


def test_the_pruned_packages_still_call_dynamodb(bundles: Mapping[str, Path]) -> None:
    assert run(CALL_DYNAMODB, str(bundles[WRITE])) == "1\n"


def test_the_pruned_packages_still_call_s3(bundles: Mapping[str, Path]) -> None:
    assert run(PUT_INTO_S3, str(bundles[BY_TYPE_PROJECTOR])) == "/parking/key\n"


@pytest.fixture(scope="module")
def search_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundle(SEARCH, lock=lock_of(SEARCH), assets=tmp_path_factory.mktemp("assets"))


def test_of_the_search_client_the_connection_alone_is_bundled_and_it_works(
    search_bundle: Path,
) -> None:
    assert run(ASK_OPENSEARCH, str(search_bundle)) == "1\n[]\n"
    unused = ("grpc", "google", "requests")
    assert not [name for name in unused if (search_bundle / name).exists()]
    assert contents_of(search_bundle).size < 3 * MEGABYTE


def test_the_search_function_starts_with_that_connection_and_nothing_of_the_listing(
    search_bundle: Path,
) -> None:
    files = [Path(file) for file in json.loads(run(IMPORT_HANDLER, str(search_bundle), SEARCH))]
    assert [file for file in files if not file.is_relative_to(search_bundle)] == []
    packages = {file.relative_to(search_bundle).parts[0] for file in files}
    assert "opensearchpy" in packages
    assert not packages & {"boto3", "requests", "grpc", "google", "certifi"}
    assert not (search_bundle / "projections" / "by_type_listing.py").exists()


def test_a_bundle_has_only_the_modules_that_its_function_needs(
    bundles: Mapping[str, Path],
) -> None:
    assert not (bundles[WRITE] / "projections").exists()
    assert not (bundles[BY_TYPE_PROJECTOR] / "api").exists()
    for folder in bundles.values():
        assert not [name for name in ("infra", "tests", "boto3/data") if (folder / name).exists()]


def test_wheels_fit_lambda(bundles: Mapping[str, Path]) -> None:
    wheels = list(bundles[WRITE].glob("*.dist-info/WHEEL"))
    tags = [
        line.removeprefix("Tag: ")
        for wheel in wheels
        for line in wheel.read_text().splitlines()
        if line.startswith("Tag: ")
    ]
    assert wheels
    assert not [tag for tag in tags if not (tag.endswith("-none-any") or "aarch64" in tag)]


@pytest.mark.parametrize(("handler", "most"), BOUNDS.items())
def test_a_bundle_stays_small(bundles: Mapping[str, Path], handler: str, most: int) -> None:
    weighed = contents_of(bundles[handler])
    sys.stdout.write(f"{handler}: {weighed.size / MEGABYTE:.2f} MB zipped\n")
    assert 0 < weighed.size < (most if weighed.bytecode is False else 2 * most)


def test_what_a_bundle_holds_adds_up_to_its_size(bundles: Mapping[str, Path]) -> None:
    folder = bundles[READ]
    weighed = contents_of(folder)
    assert weighed.size == sum(weighed.parts.values())
    top = {"*.dist-info" if one.suffix == ".dist-info" else one.name for one in folder.iterdir()}
    assert top | {"archive"} == set(weighed.parts)
    assert list(weighed.parts.values()) == sorted(weighed.parts.values(), reverse=True)


def test_a_bundle_is_made_alike_anywhere(tmp_path: Path) -> None:
    python = lambda_platform.interpreter("{}.{}".format(*sys.version_info))
    one = bundle(WRITE, assets=tmp_path / "one", python=python)
    before = os.umask(0o077)
    try:
        other = bundle(WRITE, assets=tmp_path / "other", python=python)
    finally:
        os.umask(before)
    assert one.name == other.name
    assert list(one.rglob("*.pyc"))
    assert contents(one) == contents(other)


def test_bytecode_is_made_for_the_runtime_and_knows_no_folder_of_this_machine(
    tmp_path: Path,
) -> None:
    python = lambda_platform.interpreter("{}.{}".format(*sys.version_info))
    assert python
    folder = bundle(WRITE, assets=tmp_path, python=python)
    compiled = {file.parent.parent / file.name.split(".")[0] for file in folder.rglob("*.pyc")}
    assert folder / "api" / "write" in compiled
    assert folder / "botocore" / "client" in compiled
    assert not [f for f in folder.rglob("*.pyc") if str(tmp_path).encode() in f.read_bytes()]
    run(IMPORT_HANDLER, str(folder), WRITE)


def test_a_lock_that_no_wheel_satisfies_is_refused_with_the_reason(tmp_path: Path) -> None:
    lock = tmp_path / "lambda.txt"
    lock.write_text("six==1.17.0\n")
    with pytest.raises(lambda_platform.ToolError, match="hash"):
        bundle(WRITE, lock=lock, assets=tmp_path / "assets")
    assert list((tmp_path / "assets").iterdir()) == []


def test_the_closure_follows_imports_but_not_those_for_type_checkers(tmp_path: Path) -> None:
    package = tmp_path / "ours"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "start.py").write_text(
        "import json\n"
        "from typing import TYPE_CHECKING\n"
        "from ours import used\n"
        "if TYPE_CHECKING:\n"
        "    import ours.typed\n"
        "def late():\n"
        "    import ours.late\n"
    )
    for name in ("used", "typed", "late", "apart"):
        (package / f"{name}.py").touch()
    expected = {Path("ours", f"{name}.py") for name in ("__init__", "start", "used", "late")}
    assert expected == closure("ours.start", root=tmp_path)


def test_a_handler_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no module api\.none"):
        bundle("api.none.handler", assets=tmp_path)


def contents(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """What CDK's zip takes from a folder: names, modes and contents."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {f.relative_to(folder): (f.stat().st_mode, f.read_bytes()) for f in found}


def test_no_function_is_bundled_with_the_client_or_its_http_library() -> None:
    handlers = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for folder in ("api", "projections")
        for file in sorted((ROOT / folder).glob("*_handler.py"))
    ]
    assert len(handlers) > 5
    for handler in handlers:
        files = closure(handler, root=ROOT)
        assert not [file for file in files if file.is_relative_to(Path("api", "client"))]
    for lock in (LOCK, AUTHORIZER_LOCK, SEARCH_LOCK):
        assert "httpx" not in lock.read_text()
