"""Whether a command could be run: its program, subcommand and options exist.

Invariant: nothing is started, and no network asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typer
from typer.main import get_command

from infra.bundling import ROOT
from infra.cli import app
from tests.docs.aws_commands import WrongCommandError, aws, demand

_ACT_AT_ONCE = {"--help", "--install-completion", "--show-completion"}  # while they are parsed
_OF_CDK = {"bootstrap", "deploy", "destroy", "diff", "import", "synth"}


def check(call: Sequence[str]) -> None:
    """A call that could be run.

    Raises:
        WrongCommandError: no program of that name is known here, or it would refuse its arguments.
    """
    program, *arguments = call
    known = _PROGRAMS.get(Path(program).name)
    if known is None:
        raise WrongCommandError(f"{program}: not known to tests/docs/known_commands.py")
    try:
        known(arguments)
    except (typer.TyperException, SyntaxError) as error:
        raise WrongCommandError(f"{' '.join(call)}: {error}") from error


def never_run(call: Sequence[str]) -> bool:
    """Whether a program is checked even where samples are run: it installs, deploys, or stays."""
    return Path(call[0]).name in {"make", "aws", "cdk", "docker", "tox", "pytest"}


def _eventlog(arguments: Sequence[str]) -> None:
    words = [word for word in arguments if word not in _ACT_AT_ONCE]
    if words or not arguments:
        _parse(get_command(app), "eventlog", words, parent=None)


def _parse(command: Any, name: str, arguments: Sequence[str], *, parent: Any) -> None:
    """Take a command's arguments as typer itself does, down to the last subcommand."""
    context = command.make_context(name, list(arguments), parent=parent)
    if hasattr(command, "commands"):
        rest = [*context._protected_args, *context.args]  # typer itself takes them so
        if not rest and command.invoke_without_command:
            return
        demand(bool(rest), f"{name}: a subcommand is missing")
        found, subcommand, more = command.resolve_command(context, rest)
        _parse(subcommand, found, more, parent=context)


def _make(arguments: Sequence[str]) -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    for argument in arguments:
        name, given, _ = argument.partition("=")
        pattern = rf"\$\(?{name}\b|\b{name}=" if given else rf"^{name}:"
        demand(bool(re.search(pattern, text, re.MULTILINE)), f"make {argument}: not in Makefile")


def _cdk(arguments: Sequence[str]) -> None:
    demand(arguments[0] in _OF_CDK, f"cdk {arguments[0]}")


def _docker(arguments: Sequence[str]) -> None:
    demand(arguments[0] == "compose", f"docker {arguments[0]}")
    file = arguments[arguments.index("-f") + 1]
    demand((ROOT / file).exists(), f"docker compose: {file} is not there")


def _python(arguments: Sequence[str]) -> None:
    """A program on the command line compiles; a module that is named is there."""
    if arguments[:1] == ["-c"]:
        compile(arguments[1], "<-c>", "exec")
    elif arguments[:1] == ["-m"]:
        module = ROOT / arguments[1].replace(".", "/")
        demand(module.exists() or module.with_suffix(".py").exists(), f"python -m {arguments[1]}")


def _tox(arguments: Sequence[str]) -> None:
    environment = arguments[arguments.index("-e") + 1]
    known = (ROOT / "pyproject.toml").read_text("utf-8")
    demand(f"[tool.tox.env.{environment}]" in known or environment in known, f"tox {environment}")


def _pytest(arguments: Sequence[str]) -> None:
    file = arguments[0].partition("::")[0]
    demand((ROOT / file).exists(), f"pytest: {file} is not there")


def _anything(arguments: Sequence[str]) -> None:
    """Programs of every machine."""


_PROGRAMS: Mapping[str, Callable[[Sequence[str]], None]] = MappingProxyType(
    {
        "eventlog": _eventlog,
        "make": _make,
        "aws": aws,
        "cdk": _cdk,
        "docker": _docker,
        "python": _python,
        "python3": _python,
        "tox": _tox,
        "pytest": _pytest,
        **dict.fromkeys(("cat", "cd", "curl", "echo", "eval", "export", "jq"), _anything),
    }
)
