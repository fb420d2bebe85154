"""What the functions do not use of the packages that they are bundled with.

Invariant: nothing is left out that a function imports; the bundles' tests run without the rest.
"""

import shutil
from pathlib import Path

from infra import botocore_data
from infra.botocore_data import reduce_data

_SERVICES = ("dynamodb", "s3")
# Never read by a client of these services. RECORD lists hashes that differ from machine to
# machine; the rest of *.dist-info stays, because security scanners read the versions there.
_UNUSED = (
    ".lock",
    "bin",
    "boto3/data",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    "*.dist-info/RECORD",
)
# OpenSearch's client is used for its connection to a node alone.
_UNUSED_WITH_OPENSEARCH = (
    "opensearchpy/_async",
    "opensearchpy/client",
    "opensearchpy/helpers",
    "opensearchpy/plugins",
    *(f"opensearchpy/{name}.py" for name in ("connection_pool", "serializer", "transport")),
    *(f"opensearchpy/connection/{name}.py" for name in ("async_connections", "connections")),
    *(f"opensearchpy/connection/{name}.py" for name in ("http_async", "http_requests", "pooling")),
    *("grpc", "grpcio-*", "google", "protobuf-*", "opensearch", "opensearch_protobufs-*"),
    *("requests", "requests-*", "charset_normalizer", "charset_normalizer-*"),
    *("certifi", "certifi-*", "idna", "idna-*"),
)
# These would import all that is left out above.
_EMPTIED = ("opensearchpy/__init__.py", "opensearchpy/connection/__init__.py")

RECIPE = "".join(Path(file).read_text("utf-8") for file in (__file__, botocore_data.__file__))
"""What decides what is left of a folder of packages."""


def prune(folder: Path) -> None:
    """Take out of a folder of packages what no function uses."""
    unused = [path for pattern in _UNUSED for path in folder.glob(pattern)]
    services = (path for path in folder.glob("botocore/data/*") if path.is_dir())
    unused += [path for path in services if path.name not in _SERVICES]
    if (folder / "opensearchpy").exists():
        unused += [path for pattern in _UNUSED_WITH_OPENSEARCH for path in folder.glob(pattern)]
        for name in _EMPTIED:
            (folder / name).write_bytes(b"")
    for path in unused:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    reduce_data(folder, services=_SERVICES)
