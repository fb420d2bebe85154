"""What the samples of the documents run against: one stack, one shell for each document.

Invariant: documents say http://127.0.0.1:8000 and `.local`; the stack's own address and folder
take their places.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.docs.command_lines import calls
from tests.docs.known_commands import check, never_run
from tests.docs.shell import Shell, shell
from tests.docs.transcript import Step, matches
from tests.stack.local_stack import LocalStack

ADDRESS = "http://127.0.0.1:8000"
SECONDS = 20
_READS = re.compile(
    r"(curl (?!.*(-X|-d|--data|--json))|eventlog (get|list|parked|status|verify)\b)"
)


@dataclass(frozen=True)
class Session:
    """A stack, a shell in a home of its own, and what is undone when the document ends."""

    stack: LocalStack
    shell: Shell
    home: Path
    until_its_end: ExitStack

    def fault(self, step: Step) -> str | None:
        """What is wrong with a step of a document, run as its reader would; None if nothing is.

        What only reads is asked again for some seconds, since projections follow the log.
        """
        if any(never_run(call) for call in calls(step.command)):
            check_all(step.command)
            return None
        deadline = time.monotonic() + (SECONDS if _READS.match(step.command) else 0)
        while True:
            _, printed = self.run(step.command)
            if matches(step.output, printed):
                return None
            if time.monotonic() > deadline:
                expected = "\n".join(step.output)
                return f"$ {step.command}\n--- expected\n{expected}\n--- printed\n{printed}"
            threading.Event().wait(0.1)

    def write(self, file: str, text: str) -> None:
        """Put a file of the documents into the home, with the stack's address in it."""
        here = str(self.stack.facts["api"])
        (self.home / file).write_text(text.replace(ADDRESS, here), "utf-8")

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command and what it printed, with the documents' address in it."""
        here = str(self.stack.facts["api"])
        code, printed = self.shell.run(command.replace(ADDRESS, here))
        return code, printed.replace(here, ADDRESS)

    def printed_at_start(self, output: Iterable[str]) -> bool:
        """Whether the stack printed these lines when it was started by itself."""
        here = str(self.stack.facts["api"])
        return matches(output, "\n".join(self.stack.lines).replace(here, ADDRESS))


@contextmanager
def session(stack: LocalStack, home: Path) -> Iterator[Session]:
    """A session in an empty folder, with the stack's data where `make run` has it."""
    (home / ".local").symlink_to(stack.data)
    with ExitStack() as until_its_end, shell(home) as running:
        yield Session(stack, running, home, until_its_end)


def check_all(command: str) -> None:
    """Every call of a command could be run.

    Raises:
        WrongCommandError: one could not.
        ValueError: it is no shell text.
    """
    for call in calls(command):
        check(call)
