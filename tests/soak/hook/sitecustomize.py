"""Python imports this before a worker's own code when its folder is on PYTHONPATH."""

import os
from pathlib import Path

from tests.soak import shifted_clock
from tests.soak.rules import FOLDER, RulesFile

_FUNCTIONS = {
    "api.write_handler.handler": "write",
    "projections.by_type_handler.handler": "by-type",
}


def _install(function: str, folder: Path) -> None:
    rules = RulesFile(folder)
    if function == "write":
        shifted_clock.install(rules)  # before anything takes the clock by its name

    import botocore  # noqa: PLC0415

    from tests.soak.injector import Injector  # noqa: PLC0415
    from tests.soak.journal import Journal  # noqa: PLC0415

    botocore.register_initializer(Injector(rules, Journal(folder), function=function).watch)


if os.environ.get("_HANDLER") in _FUNCTIONS:
    _install(_FUNCTIONS[os.environ["_HANDLER"]], Path(os.environ[FOLDER]))
