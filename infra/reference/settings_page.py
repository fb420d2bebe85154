"""docs/reference/settings.md: every setting of a stage, by its dotted name.

Invariant: what is said of a setting is its description in `infra/settings.py`; only the words for
its type are made here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.settings import STAGES, Settings

HEAD = """# Settings

<!-- Written by `python -m infra.reference`. -->

Every setting of a stage. Stages are in [`infra/settings.py`](../../infra/settings.py);
`--context NAME=VALUE` gives one another value for a command: [how](../reference.md#settings). A
group that is "none" is not there unless the stage names it.
"""
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """A setting, or a group of some; `group` is the schema of what is in it."""

    name: str
    schema: Schema
    required: bool
    group: Schema | None


def settings_page() -> str:
    """The page's text."""
    schema = Settings.model_json_schema()
    top = list(_settings(schema, "", definitions=schema["$defs"]))
    lines = [HEAD, *_table(one for one in top if one.group is None)]
    for one in top:
        if one.group:
            lines += ["", f"## `{one.name}`", "", _description(one), ""]
            lines += _table(_leaves(one, definitions=schema["$defs"]))
    return "\n".join(lines) + "\n"


def _settings(schema: Schema, prefix: str, *, definitions: Schema) -> Iterator[Setting]:
    for name, found in schema["properties"].items():
        required = name in schema.get("required", ())
        yield Setting(prefix + name, found, required, _group(found, definitions))


def _leaves(group: Setting, *, definitions: Schema) -> Iterator[Setting]:
    """What is in a group, and in the groups within."""
    if group.group:
        for one in _settings(group.group, f"{group.name}.", definitions=definitions):
            yield one
            yield from _leaves(one, definitions=definitions)


def _group(schema: Schema, definitions: Schema) -> Schema | None:
    """The schema of a group, if that is what a setting takes."""
    for choice in (schema, *schema.get("anyOf", ())):
        if "$ref" in choice:
            named: Schema = definitions[choice["$ref"].rpartition("/")[2]]
            return named if "properties" in named else None
    return None


def _table(found: Iterator[Setting]) -> list[str]:
    head = ["| setting | takes | default | meaning |", "|---|---|---|---|"]
    return [*head, *(_row(one) for one in found)]


def _row(one: Setting) -> str:
    takes = "a group" if one.group else _takes(one.schema)
    cells = (f"`{one.name}`", takes, _default(one), _description(one))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _description(one: Setting) -> str:
    return str(one.schema.get("description") or (one.group or {}).get("description", ""))


def _takes(schema: Schema) -> str:
    if "anyOf" in schema:
        kinds = [_takes(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return ", ".join(f"`{_text(one)}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{_text(schema['const'])}`"
    if schema.get("type") == "array":
        return f"a list of {_takes(schema.get('items', {}))}".replace(
            "a list of a ", "a list of "
        ).replace("of text", "of texts")
    words = {"boolean": "true or false", "string": "a text", "integer": "a whole number"}
    return words.get(schema.get("type", ""), "a number") + _bounds(schema)


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return f" like `{schema['pattern']}`" if "pattern" in schema else ""
    if high is None:
        word = "from" if "minimum" in schema else "above"
        return f", {word} {low:,}"
    until = "to" if "maximum" in schema else "to less than"
    return f", {low:,} {until} {high:,}"


def _default(one: Setting) -> str:
    """The default, and what a stage of the file has instead of it."""
    default = one.schema.get("default")
    if one.group:
        return "none" if default is None and not one.required else ""
    said = "" if one.required else _said(default)
    values = {stage: _value(stage, one.name) for stage in STAGES}
    if len(set(map(_said, values.values()))) == 1 and _MISSING not in values.values():
        return _said(values.popitem()[1])
    own = [
        f"{stage}: {_said(value)}"
        for stage, value in values.items()
        if value not in (default, _MISSING)
    ]
    return "; ".join([said, *own] if said else own)


_MISSING = "not there"


def _said(value: Any) -> str:
    return "none" if value is None else f"`{_text(value)}`"


def _value(stage: str, name: str) -> Any:
    found: Any = STAGES[stage].model_dump(mode="json")
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return _MISSING
        found = found[part]
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
