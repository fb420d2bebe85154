"""What is wrong with the settings that were asked for, in the words of who asked."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import ValidationError


class SettingsError(ValueError):
    """The settings cannot be what was asked for; the message names the stage or the setting."""


class UnknownStageError(SettingsError):
    """There are no settings for the stage that was asked for."""

    def __init__(self, stage: str, stages: "Collection[str]") -> None:
        self.stage = stage
        super().__init__(f"unknown stage {stage!r}: choose one of {', '.join(stages)}")


class UnknownSettingError(SettingsError):
    """No setting has the name that was given."""

    def __init__(self, name: str, names: "Collection[str]") -> None:
        self.name = name
        [*nearest] = get_close_matches(name, names, n=1, cutoff=0)
        super().__init__(f"unknown setting {name!r}: the nearest is {nearest[0]!r}")


class InvalidSettingError(SettingsError):
    """A value breaks its setting's rule, or two settings do not go together."""

    def __init__(self, error: "ValidationError") -> None:
        wrong = [
            f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}"
            for one in error.errors(include_url=False)
        ]
        super().__init__("; ".join(wrong))
