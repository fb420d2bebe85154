"""What runs the documents' samples notices what is wrong with them."""

from pathlib import Path

import pytest

from infra.site.fences import fences
from tests.docs.aws_commands import WrongCommandError
from tests.docs.command_lines import calls
from tests.docs.documents import Sample
from tests.docs.known_commands import check
from tests.docs.rules import NoRuleError, rule_of
from tests.docs.shell import shell
from tests.docs.transcript import NoCommandError, Step, matches, steps


def test_a_transcript_is_commands_and_what_they_print() -> None:
    lines = ["$ curl \\", "    $API", "{}", "", "$ cat <<E", "> a", "> E", "a", "$ true"]
    assert list(steps(lines)) == [
        Step(1, "curl \\\n    $API", ("{}", "")),
        Step(5, "cat <<E\na\nE", ("a",)),
        Step(9, "true", ()),
    ]
    for wrong in (["{}"], []):
        with pytest.raises(NoCommandError):
            list(steps(wrong))


@pytest.mark.parametrize(
    ("expected", "printed", "equal"),
    [
        (["a", "b"], "a\nb\n\n", True),
        (["a"], "a\nb\n", False),
        ([], "a\n", False),
        ([], "\n", True),
        (["at 2026-11-24T00:49:29.726378Z"], "at 2030-01-01T10:00:00Z", True),
        (["at 2026-11-24T00:49:29.726378Z"], "at noon", False),
        (["lag    1 min   2"], "lag    0.5 s  2", True),
        (["lag    1 min   2"], "lag    0.5 s  3", False),
        (["… events, 0 missing"], "17 events, 0 missing", True),
        (["… events, 0 missing"], "17 events, 10 missing", False),
        (["first", "…", "last"], "first\na\nb\nlast", True),
        (["first", "…", "last"], "first\na\nb", False),
    ],
)
def test_output_matches_but_for_what_varies(expected: list[str], printed: str, equal: bool) -> None:
    assert matches(expected, printed) is equal


def test_calls_are_found_wherever_they_stand() -> None:
    text = (
        "A=1 B=$(aws sts get-caller-identity | jq .Account) make run X='1 2'  # that's why\n"
        'eval "$(aws configure export-credentials)" && cd x; echo "a # b" > c\n'
        "python3 -c 'import sys\nprint(1)'\n"
    )
    assert list(calls(text)) == [
        ["aws", "sts", "get-caller-identity"],
        ["jq", ".Account"],
        ["aws", "configure", "export-credentials"],
        ["make", "run", "X=1 2"],
        ["eval", "VALUE"],
        ["cd", "x"],
        ["echo", "a # b"],
        ["c"],
        ["python3", "-c", "import sys\nprint(1)"],
    ]


@pytest.mark.parametrize(
    "right",
    [
        "eventlog --stage prod status",
        "eventlog --install-completion",
        "eventlog status --help",
        "eventlog search dashboards --out events.ndjson",
        "make deploy STAGE=dev",
        "aws dynamodb create-table --table-name T --key-schema K --region R",
        "aws apigateway get-api-key --include-value --api-key ID",
        ".venv/bin/tox run -e lint",
        "docker compose -f infra/local/compose.yaml up",
    ],
)
def test_a_command_that_could_be_run_passes(right: str) -> None:
    check(right.split())


@pytest.mark.parametrize(
    "wrong",
    [
        "eventlog --stages prod status",
        "eventlog rebuild",
        "eventlog search dashboard",
        "eventlog verify by-type --lag soon",
        "make deplay",
        "make deploy STAGGE=dev",
        "aws dynamodb create-table --tablename T",
        "aws dynamodb make-table",
        "aws dynamo list-tables",
        "cdk deplete",
        "python3 -c print(",
        "python3 -m infra.nothing",
        "docker compose -f compose.yaml up",
        "rm -rf /",
    ],
)
def test_a_command_that_could_not_be_run_is_named(wrong: str) -> None:
    with pytest.raises(WrongCommandError):
        check(wrong.split())


@pytest.mark.parametrize("info", ["", "sh aws long", "python maybe", "rust", "text"])
def test_a_block_that_nothing_knows_to_test_is_a_fault(info: str) -> None:
    [fence] = fences(f"```{info}\nx\n```\n")
    with pytest.raises(NoRuleError, match=r"README\.md:1"):
        rule_of(Sample("README.md", fence))


def test_a_shell_keeps_what_was_set_and_tells_how_a_command_ended(tmp_path: Path) -> None:
    with shell(tmp_path) as running:
        assert running.run("A=1; cd /") == (0, "")
        assert running.run("echo $A; pwd; cat; (exit 3)") == (3, "1\n/\n")
        assert running.run("echo ~ >&2") == (0, f"{tmp_path}\n")
