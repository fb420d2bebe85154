"""How blocks of commands are tested: run, or, by their mark, only checked."""

from collections.abc import Iterator
from types import MappingProxyType

from infra.bundling import ROOT
from tests.docs.aws_commands import WrongCommandError
from tests.docs.command_lines import calls
from tests.docs.documents import Sample
from tests.docs.incident import incident
from tests.docs.known_commands import never_run
from tests.docs.session import Session, check_all
from tests.docs.transcript import steps

NOT_RUN = MappingProxyType(
    {
        "aws": "needs an AWS account",
        "dashboards": "needs OpenSearch Dashboards",
        "long": "takes minutes",
        "search": "needs OpenSearch: tests/stack/test_search.py runs it",
    }
)
"""Marks of commands that are not run here but checked: each program, subcommand and option."""


def transcript(session: Session, sample: Sample) -> Iterator[str]:
    """Commands that are run, and what each is to print."""
    for step in steps(sample.fence.lines):
        if fault := session.fault(step):
            yield f"{sample.at(step.line)}: {fault}"


def during_incident(session: Session, sample: Sample) -> Iterator[str]:
    """A transcript; from here to the document's end the stack is in trouble."""
    session.until_its_end.enter_context(incident(session.stack))
    yield from transcript(session, sample)


def run_commands(session: Session, sample: Sample) -> Iterator[str]:
    """Commands that are run, and end well."""
    yield from only_checked(session, sample)
    if any(never_run(call) for call in calls(sample.fence.text)):
        return
    code, printed = session.run(sample.fence.text)
    if code:
        yield f"{sample.at()}: exit code {code}\n{printed}"


def only_checked(session: Session, sample: Sample) -> Iterator[str]:
    """Commands that are not run here."""
    fence = sample.fence
    texts = (
        [step.command for step in steps(fence.lines)]
        if fence.language == "console"
        else [fence.text]
    )
    for text in texts:
        try:
            check_all(text)
        except (WrongCommandError, ValueError) as error:
            yield f"{sample.at()}: {error}"


def start_of_the_stack(session: Session, sample: Sample) -> Iterator[str]:
    """`make run`: what make itself says first stands in the Makefile, the stack prints the rest."""
    [step] = steps(sample.fence.lines)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    said = [line for line in step.output if f'echo "{line}"' in makefile]
    if not session.printed_at_start(step.output[len(said) :]):
        yield f"{sample.at()}: a start prints\n" + "\n".join(session.stack.lines)
