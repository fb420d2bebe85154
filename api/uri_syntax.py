"""The syntax of URIs: which texts are references, and which are absolute.

https://www.rfc-editor.org/rfc/rfc3986#appendix-A
"""

import re

_PERCENT = "%[0-9A-Fa-f]{2}"
_PLAIN = r"A-Za-z0-9._~!$&'()*+,;=\-"  # unreserved and sub-delims
_PCHAR = f"(?:[{_PLAIN}:@]|{_PERCENT})"
_HOST = rf"(?:\[[0-9A-Za-z:._~!$&'()*+,;=-]+\]|(?:[{_PLAIN}]|{_PERCENT})*)"
_AUTHORITY = rf"(?:(?:[{_PLAIN}:]|{_PERCENT})*@)?{_HOST}(?::[0-9]*)?"
_SEGMENTS = f"(?:/{_PCHAR}*)*"
_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*"
_ABSOLUTE_PATH = f"/(?:{_PCHAR}+{_SEGMENTS})?"
_FIRST_OF_RELATIVE = f"(?:[{_PLAIN}@]|{_PERCENT})+"
_QUERY = rf"(?:\?(?:{_PCHAR}|[/?])*)?"
_FRAGMENT = f"(?:#(?:{_PCHAR}|[/?])*)?"
_HIERARCHY = f"(?://{_AUTHORITY}{_SEGMENTS}|{_ABSOLUTE_PATH}|{_PCHAR}+{_SEGMENTS}|)"
_RELATIVE = f"(?://{_AUTHORITY}{_SEGMENTS}|{_ABSOLUTE_PATH}|{_FIRST_OF_RELATIVE}{_SEGMENTS}|)"

_ABSOLUTE_URI = re.compile(f"{_SCHEME}:{_HIERARCHY}{_QUERY}")
_REFERENCE = re.compile(f"(?:{_SCHEME}:{_HIERARCHY}|{_RELATIVE}){_QUERY}{_FRAGMENT}")


def is_absolute_uri(text: str) -> bool:
    """Whether the text is an absolute URI: a scheme, and no fragment (RFC 3986, section 4.3)."""
    return _ABSOLUTE_URI.fullmatch(text) is not None


def is_uri_reference(text: str) -> bool:
    """Whether the text is a URI or a relative reference (RFC 3986, section 4.1)."""
    return _REFERENCE.fullmatch(text) is not None
