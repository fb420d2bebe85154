"""Events and outcomes as lines: JSON for programs, short ones for people at a terminal.

Invariant: no character of an event can act on a terminal; JSON stays the same JSON.
"""

import json
import re
import shutil
import sys

from api.client import Event, Outcome

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENING, _CLOSING, _BEHIND = {"{", "["}, {"}", "]"}, {"{", "[", ","}
_BLANKS = re.compile(r"[\n\r\t]")


def wants_json(*, as_json: bool) -> bool:
    """Whether lines are to be JSON: if asked for, or if no person reads them."""
    return as_json or not sys.stdout.isatty()


def event_line(event: Event, *, as_json: bool) -> str:
    """An event in one line: its whole JSON, or what fits the terminal's width."""
    if as_json:
        text = _BLANKS.sub(" ", event.text)  # in JSON, none of these is within a string
        return visible(text) if sys.stdout.isatty() else text
    line = visible(f"{event.recorded_at}  {event.type}  {event.id}  {event.payload_text}")
    width = shutil.get_terminal_size().columns
    return line if len(line) <= width else f"{line[: width - 1]}…"


def outcome_line(outcome: Outcome, *, as_json: bool) -> str:
    """What became of an event, in one line."""
    problem = outcome.problem
    if not as_json:
        why = f"  {problem}" if problem else ""
        return visible(f"{outcome.status:<9}  {outcome.id or '-'}{why}")
    facts = {
        "status": outcome.status,
        "id": outcome.id,
        "recorded_at": outcome.recorded_at,
        "hash": outcome.hash,
        "problem": problem and dict(problem.members),
    }
    given = {name: fact for name, fact in facts.items() if fact is not None}
    return json.dumps(given, ensure_ascii=sys.stdout.isatty())


def indented(text: str) -> str:
    """A JSON text, a member or item a line; strings and numbers as they stand there."""
    parts: list[str] = []
    depth = 0
    previous = ""
    for part in _PART.findall(text):
        depth -= part in _CLOSING
        is_empty = part in _CLOSING and previous in _OPENING
        if not is_empty and (previous in _BEHIND or part in _CLOSING):
            parts.append("\n" + "  " * depth)
        parts.append(": " if part == ":" else part)
        depth += part in _OPENING
        previous = part
    return "".join(parts)


def visible(text: str) -> str:
    """The text with what is not printable as JSON escapes it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
