"""Where a request's CPU goes, by package: what is behind an aim that is missed."""

import pstats
import sysconfig
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

from tests.bench.apps import BARE, OURS, App, app, body
from tests.bench.benchmark import Benchmark, Measured, Subject
from tests.bench.engine_stub import engine_stub
from tests.bench.payloads import order
from tests.bench.processes import Work, profiled

_LIBRARY = sysconfig.get_path("stdlib")
_PYTHON = "Python's library"
_BUILT_IN = "~"
_FEW, _MORE = 20, 200

Place = tuple[str, int, str]
"""File, line and name of a function, as profiles know them."""


@contextmanager
def _subjects(seed: int) -> Iterator[Mapping[str, Subject]]:
    payload = order(Random(seed), lines=14)  # noqa: S311  # no secret
    with engine_stub() as (_, address):
        apps = {name: app(name, started=True) for name in (OURS, BARE)}
        yield {
            **{
                f"POST 1 KB: {name}": partial(_shares, partial(_posts, one, payload), address)
                for name, one in apps.items()
            },
            f"POST of 500: {OURS}": partial(
                _shares, partial(_batches, apps[OURS], payload), address, few=1, more=5
            ),
        }


def _shares(
    work: Callable[[int], Work], address: str, *, few: int = _FEW, more: int = _MORE
) -> Measured:
    """Each package's share of what the requests behind the first few take."""
    start, whole = (_by_package(work(number), address) for number in (few, few + more))
    spent = {package: time - start[package] for package, time in whole.items()}
    total = sum(spent.values())
    return {f"% in {package}": 100 * time / total for package, time in spent.items()}


def _by_package(work: Work, address: str) -> defaultdict[str, float]:
    """CPU seconds by package; those of what is built in are its callers'."""
    spent: defaultdict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "profile")
        profiled(work, address, into=file)
        stats: Mapping[Place, tuple[int, int, float, float, Mapping[Place, tuple[float, ...]]]] = (
            vars(pstats.Stats(str(file)))["stats"]
        )
    for place, (_, _, own, _, callers) in stats.items():
        if place[0] == _BUILT_IN and callers:
            for caller, (_, _, time, _) in callers.items():
                spent[_package(caller, work.bundled.folder)] += time
        else:
            spent[_package(place, work.bundled.folder)] += own
    return spent


def _package(place: Place, folder: Path) -> str:
    path = Path(place[0])
    if path.is_relative_to(folder):
        return path.relative_to(folder).parts[0]
    return _PYTHON if path.is_relative_to(_LIBRARY) or place[0] == _BUILT_IN else "the measuring"


def _posts(one: App, payload: object, number: int) -> Work:
    return one.posts(*(body(f"order-{n:08d}", payload) for n in range(number)))


def _batches(one: App, payload: object, number: int) -> Work:
    batches = (
        ",".join(body(f"order-{n}-{at}", payload) for at in range(500)) for n in range(number)
    )
    return one.posts(*(f"[{batch}]" for batch in batches), status=200)


BENCHMARK = Benchmark(
    name="profile",
    about="where a request's CPU goes, by package",
    leaves_out="other threads, which a batch's calls run on, and what a call takes beside its own "
    "time: a profile makes Python's calls look longer than they are, so that shares are rough",
    subjects=_subjects,
    budgets=[],
    in_check=False,
)
