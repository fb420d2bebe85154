"""Which settings the local stack runs with: a stage's, with search or without as asked for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from infra.context import Context
from infra.settings import NO_CONTEXT, Settings, load

_DOMAIN: Mapping[str, Any] = MappingProxyType({"search.engine": "domain"})
_NONE: Mapping[str, Any] = MappingProxyType({"search": None})


def local_settings(
    stage: str, *, search: bool | None = None, context: Context = NO_CONTEXT
) -> Settings:
    """The stage's settings; `search` asks for search, as a domain unless they say another engine.

    `search` as None leaves it to the stage and the context.

    Raises:
        SettingsError: there is no such stage or setting, or a value is malformed.
    """
    settings = load(stage=stage, context=context)
    if search and settings.search is None:
        return load(stage=stage, context={**_DOMAIN, **context})
    if search is False and settings.search is not None:
        others = {name: context[name] for name in context if name.partition(".")[0] != "search"}
        return load(stage=stage, context={**others, **_NONE})
    return settings
