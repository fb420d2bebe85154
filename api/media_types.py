"""Media types: read from a header, and told apart by what their content is.

https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1
"""

import re
from dataclasses import dataclass

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_ESSENCE = re.compile(rf"{_WORD}/{_WORD}")
_PARAMETER = re.compile(rf'[ \t]*;[ \t]*({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*+")')
_ESCAPED = re.compile(r"\\(.)")

_TEXTS = {
    *("application/javascript", "application/graphql", "application/sql", "application/toml"),
    *("application/x-ndjson", "application/x-www-form-urlencoded"),
    *("application/xml", "application/yaml"),
}
_TEXT_CHARSETS = {"utf-8", "utf8", "us-ascii"}


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type: `essence` is `type/subtype` in lower case, as are the parameters' names."""

    essence: str
    parameters: dict[str, str]

    @property
    def is_json(self) -> bool:
        """Whether its content is JSON: its subtype is `json` or ends with `+json`."""
        return self.essence.endswith(("/json", "+json"))

    @property
    def is_utf8(self) -> bool:
        """Whether it names no other charset than UTF-8, of which ASCII is a part."""
        return self.parameters.get("charset", "utf-8").lower() in _TEXT_CHARSETS

    @property
    def is_text(self) -> bool:
        """Whether its content is text for people or programs, rather than any bytes."""
        texts = self.essence.startswith("text/") or self.essence.endswith(("+xml", "+yaml"))
        return texts or self.essence in _TEXTS or "charset" in self.parameters


def media_type(text: str) -> MediaType | None:
    """The media type in a header's value or an attribute; None where its syntax is broken."""
    essence = _ESSENCE.match(text)
    if essence is None:
        return None
    parameters, at = {}, essence.end()
    while found := _PARAMETER.match(text, at):
        value = found[2]
        parameters[found[1].lower()] = (
            _ESCAPED.sub(r"\1", value[1:-1]) if value[0] == '"' else value
        )
        at = found.end()
    return None if text[at:].strip(" \t") else MediaType(essence[0].lower(), parameters)
