"""The data of an execution: reference paths, payload templates and the intrinsic functions in use.

Invariant: what cannot be looked up fails the execution, as on AWS, with States.Runtime.
https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.step_functions.error import StatesError

_PATH = re.compile(r"\${1,2}((?:\.\w+)*)")
_CALL = re.compile(r"States\.(\w+)\((.*)\)", re.DOTALL)
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class Scope:
    """What a state sees: its `data` (`$`) and the context object (`$$`)."""

    data: Any
    context: Mapping[str, Any]

    def look_up(self, path: str) -> Any:
        """What a reference path, or an intrinsic function, stands for.

        Raises:
            StatesError: nothing is there.
        """
        if call := _CALL.fullmatch(path):
            return self._call(call[1], [self._argument(one) for one in _arguments(call[2])])
        match = _PATH.fullmatch(path)
        if match is None:
            raise _runtime(f"{path!r} is not run here")
        found: Any = self.context if path.startswith("$$") else self.data
        for name in match[1].split(".")[1:]:
            if not isinstance(found, Mapping) or name not in found:
                raise _runtime(f"the path {path!r} could not be found in the input")
            found = found[name]
        return found

    def fill(self, template: Any) -> Any:
        """A payload template with its values looked up."""
        if isinstance(template, list):
            return [self.fill(item) for item in template]
        if not isinstance(template, dict):
            return template
        return {
            name.removesuffix(".$"): self.look_up(value)
            if name.endswith(".$")
            else self.fill(value)
            for name, value in template.items()
        }

    def _argument(self, text: str) -> Any:
        if text.startswith("'"):
            return text[1:-1]
        return int(text) if text.isdecimal() else self.look_up(text)

    @staticmethod
    def _call(name: str, arguments: list[Any]) -> Any:
        match name, arguments:
            case "Format", [str(text), *values]:
                for value in values:
                    text = text.replace("{}", str(value), 1)
                return text
            case "StringSplit", [str(text), str(separators)]:
                return [part for part in re.split(f"[{re.escape(separators)}]", text) if part]
            case "ArrayGetItem", [list(items), int(index)] if index < len(items):
                return items[index]
        raise _runtime(f"States.{name} of {arguments} is not run here")


def placed(result: Any, *, into: Any, at: str) -> Any:
    """A state's input with its result at a `ResultPath`: all of it, or one field.

    Raises:
        StatesError: it grows beyond what a state may hand on (256 KiB).
    """
    whole = result if at == "$" else {**into, at.removeprefix("$."): result}
    if len(json.dumps(whole, ensure_ascii=False).encode()) > _MAX_BYTES:
        raise StatesError("States.DataLimitExceeded", f"a state's output exceeds {_MAX_BYTES} B")
    return whole


def _arguments(text: str) -> list[str]:
    """An intrinsic function's arguments, of which each may be a call itself."""
    arguments, depth, quoted, current = [], 0, False, ""
    for character in text:
        quoted ^= character == "'"
        if not quoted:
            depth += (character == "(") - (character == ")")
        if character == "," and not depth and not quoted:
            arguments.append(current.strip())
            current = ""
        else:
            current += character
    return [*arguments, current.strip()]


def _runtime(cause: str) -> StatesError:
    return StatesError("States.Runtime", cause)
