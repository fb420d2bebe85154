"""A clock that can be moved: what `datetime.now` says in a process, by the rules of the moment."""

import datetime as module
from datetime import datetime, timedelta, tzinfo
from typing import Self

from tests.soak.rules import RulesFile


def install(rules: RulesFile) -> None:
    """Move the clock of all that is imported from now on."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(seconds=rules.read().clock_shift)

    module.datetime = Shifted  # type: ignore[misc]
