"""docs/reference/commands.md: every command of `eventlog`, with its arguments and options.

Invariant: all of it is what `--help` says.
"""

from collections.abc import Iterator
from typing import Any, get_args

from typer.main import get_command

from infra.cli import app

HEAD = """# Commands

<!-- Written by `python -m infra.reference`. -->

`eventlog` is in `.venv/bin` after the first `make`. Exit codes: 0, all was done; 1, something was
refused or is left; 2, it could not be done; [in detail](../reference.md#commands).
`eventlog --install-completion` lets the shell complete commands and options.
"""
_OF_TYPER = {"help", "install_completion", "show_completion"}


def commands_page() -> str:
    """The page's text."""
    return "\n".join([HEAD, *_group("eventlog", get_command(app))]) + "\n"


def _group(name: str, command: Any) -> Iterator[str]:
    subcommands = getattr(command, "commands", {})
    if not subcommands or any(_parameters(command)):
        yield from _section(name, command)
    for word, subcommand in sorted(subcommands.items()):
        yield from _group(f"{name} {word}", subcommand)


def _section(name: str, command: Any) -> Iterator[str]:
    arguments = [one for one in _parameters(command) if one.param_type_name == "argument"]
    options = [one for one in _parameters(command) if one.param_type_name == "option"]
    words = [_word(one) if one.required else f"[{_word(one)}]" for one in arguments]
    more = ["[OPTIONS]"] * bool(options) + ["COMMAND"] * hasattr(command, "commands")
    yield from (f"## {name}", "", f"`{' '.join([name, *words, *more])}`", "")
    yield from (" ".join((command.help or "").split()), "")
    if arguments or options:
        yield from ("| | default | meaning |", "|---|---|---|")
        yield from (_row(one) for one in (*arguments, *options))
        yield ""


def _parameters(command: Any) -> Iterator[Any]:
    return (one for one in command.params if one.name not in _OF_TYPER and not one.hidden)


def _row(one: Any) -> str:
    if one.param_type_name == "argument":
        named = f"`{_word(one)}`"
    else:
        names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
        named = names if one.is_flag else f"{names} `{_word(one)}`"
    said = " ".join((one.help or "").split())
    return f"| {named} | {_default(one)} | {_choices(one)}{said}{_variable(one)} |"


def _word(one: Any) -> str:
    """What stands for the value in a usage line."""
    return one.metavar or str(one.name).upper()


def _choices(one: Any) -> str:
    choices = get_args(one.type_descriptor.annotation)
    texts = [choice for choice in choices if isinstance(choice, str)]
    return f"{' or '.join(f'`{text}`' for text in texts)}. " if texts else ""


def _variable(one: Any) -> str:
    return f" Also the variable `{one.envvar}`." if one.envvar else ""


def _default(one: Any) -> str:
    if one.required or one.default in (None, [], ()):
        return ""
    if isinstance(one.default, bool):
        return "yes" if one.default else "no"
    return f"`{one.default}`"
