"""A console block: commands after `$ `, and what each prints.

Invariant: a time, a date in a key, a duration, a UUID and a stream's sequence number match any
other; `…` stands for whatever else varies, within a line or, alone on one, for any number of lines.
All the rest has to be equal.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "TIME"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b\d{4}/\d\d/\d\d\b"), "DATE"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:s|min|h)\b *"), "DURATION "),
    (re.compile(r"\b0{6}\d{15}\b"), "SEQUENCE_NUMBER"),
)


@dataclass(frozen=True)
class Step:
    """A command and the lines that it prints; `line` is its place in the block, from 1."""

    line: int
    command: str
    output: tuple[str, ...]


class NoCommandError(Exception):
    """A console block has output before its first command, or no command."""


def steps(lines: Iterable[str]) -> Iterator[Step]:
    """The steps of a console block. A command goes on after a backslash, or in lines with `> `.

    Raises:
        NoCommandError: it does not begin with a command.
    """
    line, command, output, found = 0, "", list[str](), False
    for number, text in enumerate(lines, start=1):
        if text.startswith("$ "):
            if found:
                yield Step(line, command, tuple(output))
            line, command, output, found = number, text[2:], [], True
        elif not found:
            raise NoCommandError(text)
        elif not output and (command.endswith("\\") or text.startswith("> ")):
            command += "\n" + text.removeprefix("> ")
        else:
            output.append(text)
    if not found:
        raise NoCommandError("")
    yield Step(line, command, tuple(output))


def matches(expected: Iterable[str], printed: str) -> bool:
    """Whether a command printed what the document says; empty lines at the end do not count."""
    pattern = "".join(_pattern(line) for line in expected)
    return (
        re.fullmatch(pattern, _settled(printed.rstrip()) + "\n" if printed.strip() else "")
        is not None
    )


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*"
    return ".*".join(re.escape(piece) for piece in _settled(line.rstrip()).split("…")) + " *\n"


def _settled(text: str) -> str:
    for varying, name in _VARYING:
        text = varying.sub(name, text)
    return text
