"""Chooses a few of many templates, so that what any of them says one of the few says.

What a template says are its properties, each with the type of the resource that has it and with its
value: a short literal as it stands, else the function that gives it, else that it is some text. A
linter judges that; what is not told apart are names and ARNs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Said = tuple[str, ...]

_SHORT = 40
"""Characters of the longest literal that is compared: a mode, a rule, a policy's action."""


def covering(templates: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Templates that together say all that is said; each adds the most that is missing."""
    said = [frozenset(_said(template)) for template in templates]
    missing = frozenset[Said]().union(*said)
    found = []
    while missing:
        best = max(range(len(said)), key=lambda n: len(said[n] & missing))
        found.append(templates[best])
        missing -= said[best]
    return found


def _said(template: Mapping[str, Any]) -> Iterator[Said]:
    for section, entries in template.items():
        named = entries if isinstance(entries, Mapping) else {"": entries}
        for entry in named.values():
            kind = entry.get("Type", "") if isinstance(entry, Mapping) else ""
            yield from _leaves(entry, (section, kind))


def _leaves(value: Any, path: Said) -> Iterator[Said]:
    match value:
        case Mapping():
            for key, one in value.items():
                function = key == "Ref" or key.startswith("Fn::")
                yield from [(*path, key)] if function else _leaves(one, (*path, key))
        case list():
            for one in value:
                yield from _leaves(one, path)
        case str() if len(value) > _SHORT:
            yield (*path, "text")
        case _:
            yield (*path, repr(value))
