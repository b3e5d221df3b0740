"""Tills that are killed: at every numbered point, and at any moment; each is taken up again and looked at.

Each worker is a process without threads, which has everything imported and forks the tills that die.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from typing_extensions import override

from pos_app.orders.product import Product
from tests.faults.journeys import JOURNEYS, Place
from tests.faults.points import Points
from tests.faults.shop import get_ready, memory, sold
from tests.sandbox_process import SandboxProcess

_LONGEST: Final = 300.0
_WORKERS: Final = 2
_LONGEST_JOURNEY: Final = 1.5


@dataclass(frozen=True, slots=True)
class Kill:
    """One till and its end: at the point `at`, or so many `seconds` after it began; neither: it lives."""

    journey: str
    at: int | None = None
    seconds: float | None = None

    @override
    def __str__(self) -> str:
        where = f"point:{self.at}" if self.seconds is None else f"seconds:{self.seconds:.4f}"
        return f"{self.journey} {where}"


@dataclass
class Report:
    """What became of one till: the points it reached, if it lived, and what does not hold afterwards."""

    kill: Kill
    points: list[str] = field(default_factory=list[str])
    killed: bool = False
    broken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    error: str = ""


@dataclass
class Tally:
    """How many tills were killed, and what did not hold."""

    kills: int = 0
    lived: int = 0
    points: dict[str, int] = field(default_factory=dict[str, int])
    broken: Counter[str] = field(default_factory=Counter[str])
    failed: list[Report] = field(default_factory=list[Report])

    def line(self) -> str:
        """The one line that is printed."""
        return (
            f"{self.kills} kills ({sum(self.points.values())} points there are, {self.lived} were over"
            f" before): {self.broken['double']} doubles, {self.broken['loss']} losses,"
            f" {self.broken['wrong verdict']} wrong verdicts, {self.broken['error']} ended by an error"
        )


def kill_many(seed: int, most: int | None, instants: int, seconds: float | None = None) -> Tally:
    """Kill a till at every point, or at `most` of them by the seed's choice, and at random instants.

    What is not done after so many `seconds` is left out.
    """
    # Here, so that the workers find it and this process clears it away.
    get_ready()
    dice = Random(seed)  # noqa: S311
    tally = Tally()
    groups: list[list[Kill]] = []
    end = None if seconds is None else time.monotonic() + seconds
    with ProcessPoolExecutor(_WORKERS, initializer=_begin) as pool:
        for report in pool.map(_one, [Kill(journey) for journey in JOURNEYS]):
            tally.points[report.kill.journey] = len(report.points)
            by_name: defaultdict[str, list[Kill]] = defaultdict(list)
            for at, name in enumerate(report.points, 1):
                by_name[name].append(Kill(report.kill.journey, at=at))
            for kills in by_name.values():
                dice.shuffle(kills)
            groups += by_name.values()
            _add(tally, report)
        # Each sort of point once before any of them twice.
        dice.shuffle(groups)
        turns = itertools.chain.from_iterable(itertools.zip_longest(*groups))
        kills = [kill for kill in turns if kill is not None][:most]
        kills += [
            Kill(dice.choice(list(JOURNEYS)), seconds=dice.uniform(0.01, _LONGEST_JOURNEY))
            for _ in range(instants)
        ]
        for report in pool.map(_one, kills):
            _add(tally, report)
            if end is not None and time.monotonic() > end:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    return tally


def told(failed: Sequence[Report]) -> list[str]:
    """How the first few are killed again."""
    return [
        f"{report.kill}: {report.broken} {report.error}\n  python -m tests.faults --kill '{report.kill}'"
        for report in failed[:5]
    ]


def kill_again(text: str) -> Report:
    """Kill the till that `str(kill)` names."""
    journey, where = text.split()
    name, _, value = where.partition(":")
    kill = Kill(journey, at=int(value)) if name == "point" else Kill(journey, seconds=float(value))
    with ProcessPoolExecutor(1, initializer=_begin) as pool:
        return pool.submit(_one, kill).result()


def _add(tally: Tally, report: Report) -> None:
    tally.kills += report.killed
    tally.lived += not report.killed and (report.kill.at, report.kill.seconds) != (None, None)
    if report.error:
        tally.broken["error"] += 1
    for what in {what for what, _how in report.broken}:
        tally.broken[what] += 1
    if report.error or report.broken:
        tally.failed.append(report)


# --- in a worker ------------------------------------------------------------------------------------

_sandbox: list[SandboxProcess] = []
_products: dict[str, Product] = {}


def _begin() -> None:
    logging.disable(logging.CRITICAL)
    get_ready()
    # The sandbox ends with this process: its standard input does.
    _sandbox.append(SandboxProcess())
    _products.update({kind: sold(kind) for kind in ("single", "several", "email")})


def _one(kill: Kill) -> Report:
    [sandbox] = _sandbox
    journey = JOURNEYS[kill.journey]
    sandbox.admin.reset()
    sandbox.admin.clear_faults()
    for fault in journey.faults:
        sandbox.admin.fault(**fault)
    folder = Path(tempfile.mkdtemp(prefix="countercard-crash-", dir=memory()))
    try:
        store = folder / "store"
        journey.lay_out(store)
        place = Place(store, sandbox.ready, _products)

        def die() -> dict[str, Any]:
            points = Points(kill.at)
            points.watch()
            asyncio.run(journey.act(place))
            return {"points": points.names}

        def look() -> dict[str, Any]:
            broken = asyncio.run(journey.see(place, ledger))
            return {"broken": [(one.what, one.how) for one in broken]}

        if journey.before is not None:
            before = journey.before
            _, said = _forked(lambda: {"done": asyncio.run(before(place))}, None)
            if "error" in said:
                return Report(kill, error=said["error"])
        killed, said = _forked(die, kill.seconds)
        report = Report(kill, said.get("points", []), killed, error=said.get("error", ""))
        sandbox.admin.clear_faults()
        ledger = sandbox.admin.ledger()
        _, found = _forked(look, None)
        report.broken = [(what, how) for what, how in found.get("broken", [])]
        report.error += found.get("error", "")
        if "broken" not in found and not report.error:
            report.error = "the till could not be taken up again"
        return report
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forked(act: Callable[[], dict[str, Any]], seconds: float | None) -> tuple[bool, dict[str, Any]]:
    """What `act` says in a process of its own, and whether that was killed: by itself, or after `seconds`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        said = _said_by(act)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    said = b""
    with os.fdopen(reading, "rb") as pipe:
        end = time.monotonic() + (_LONGEST if seconds is None else seconds)
        while select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
            part = os.read(pipe.fileno(), 65536)
            if not part:
                break
            said += part
        else:
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    if killed and seconds is None and time.monotonic() >= end:
        return True, {"error": "it stood still"}
    return killed, json.loads(said) if said and not killed else {}


def _said_by(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return act()
    except BaseException as error:  # noqa: BLE001  whatever ended it is what is to be told
        return {"error": "".join(traceback.format_exception(error, limit=-6))}
