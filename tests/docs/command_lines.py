"""Shell text → the programs that it calls, with their arguments, without running anything."""

import re
import shlex
from collections.abc import Iterator

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_COMMENT = re.compile(r"(?:^|\s)#")
_OPERATORS = frozenset("|&;()<>")
_WITHIN = re.compile(r"\$\(([^()]*)\)")


def calls(text: str) -> Iterator[list[str]]:
    """Each call in a text, also those within `$(…)`; assignments before it are left out.

    Raises:
        ValueError: a quotation does not end.
    """
    text = text.replace("\\\n", " ")
    for within in _WITHIN.findall(text):
        yield from calls(within)
    for statement in _statements(_WITHIN.sub("VALUE", text)):
        yield from _split(statement)


def _statements(text: str) -> Iterator[str]:
    """Lines without comments, joined where a quotation spans several."""
    statement = ""
    for line in text.splitlines():
        statement = _uncommented(statement + line)
        if _is_whole(statement):
            yield statement
            statement = ""
        else:
            statement += "\n"
    if statement:
        raise ValueError(f"a quotation does not end: {statement}")


def _is_whole(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True


def _uncommented(statement: str) -> str:
    for mark in _COMMENT.finditer(statement):
        if _is_whole(statement[: mark.start()]):
            return statement[: mark.start()]
    return statement


def _split(statement: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(statement, posix=True, punctuation_chars=True)
    lexer.commenters = ""
    lexer.whitespace_split = True
    call: list[str] = []
    for word in [*lexer, ";"]:
        if _OPERATORS.issuperset(word):
            if call:
                yield call
            call = []
        elif call or not _ASSIGNMENT.match(word):
            call.append(word)
