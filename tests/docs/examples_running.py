"""`make examples`: the worked examples of docs/contributing in a stack that runs.

A copy of the code gets all of them; its stack takes an event with the field, answers the route,
fills and rebuilds the projection, and calls nothing that its template does not grant.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docs.contributing import EVENT, copied_with_examples
from tests.stack.commands import run_command
from tests.stack.local_stack import LocalStack, started

LISTED_SECONDS = 15


def main() -> int:
    """The exit code: 0 if all of it works."""
    with TemporaryDirectory(prefix="examples-") as folder:
        tree = copied_with_examples(Path(folder, "tree"))
        with started(Path(folder, "data"), sources=tree) as stack:
            _use(stack, tree)
    sys.stdout.write("The field, the route and the projection work.\n")
    return 0


def _use(stack: LocalStack, tree: Path) -> None:
    created = stack.post(EVENT)
    assert (created.status_code, created.json()["tenant"]) == (201, EVENT["tenant"])
    assert stack.get(str(EVENT["id"])).json() == created.json()
    assert stack.client.get("/limits").json()["characters"]["tenant"] == 64
    assert _subjects(stack) == [EVENT["subject"]]
    options = ("by-subject", "--data", str(stack.data))
    assert run_command("rebuild", *options, cwd=tree)[1]["projected"] == 1
    assert run_command("verify", *options, "--lag", "0", cwd=tree)[1]["differences"] == {}


def _subjects(stack: LocalStack) -> list[str]:
    """The subjects of the rows, once there are any."""
    dynamodb = stack.aws("dynamodb")
    deadline = time.monotonic() + LISTED_SECONDS
    while True:
        rows = dynamodb.scan(TableName=stack.facts["outputs"]["BySubjectTableName"])["Items"]
        if rows or time.monotonic() > deadline:
            return [row["pk"]["S"] for row in rows]
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
