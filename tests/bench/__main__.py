"""`make bench`: figures of the program as ratios to a floor measured in the same run, as a table and JSON.

The machines this runs on are noisy, so runs of the program and of its floor take turns, and both the
smallest and the median are told. Nothing here fails a build: it measures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from pos_app.sandbox.__main__ import USUAL_LATENCY_MS
from tests.sandbox_process import SandboxProcess

_HERE = Path(__file__).resolve().parent
_OUT = _HERE.parent.parent / "out" / "bench"
_CHILD_SECONDS = 90.0
_QUICK_SECONDS = 120.0
_LONG_SECONDS = 600.0
_ENTRIES = 1_000_000
_PRODUCTS = 20_000
_OPEN_ORDERS = 200
_SETTLE_SECONDS = 12.0
_IDLE_SECONDS = 20.0


@dataclass(frozen=True)
class Figure:
    """One line of the table. `median` and `least` are in `unit`; it should stay under `limit`."""

    name: str
    unit: str
    median: float
    least: float
    limit: float | None = None


def main() -> int:
    """Measure everything, print a table, write `out/bench/bench.json`."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="how often the window and its floor are started")
    parser.add_argument("--no-idle", action="store_true", help="leave out the half minute of doing nothing")
    parser.add_argument(
        "--entries", type=int, default=_ENTRIES, help="how long the journal is that is verified"
    )
    parser.add_argument(
        "--products", type=int, default=_PRODUCTS, help="how long the catalogue is; 0 leaves it out"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        journal = _journal(args.runs, Path(folder), args.entries)
    with SandboxProcess() as sandbox, tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        ready.write_text(sandbox.line, encoding="utf-8")
        store = Path(folder) / "store"
        figures = _start_up(args.runs, store, ready)
        figures += _at_once(args.runs, Path(folder) / "at once", ready)
        with SandboxProcess(latency_ms=USUAL_LATENCY_MS) as companies:
            usual = Path(folder) / "usual.json"
            usual.write_text(companies.line, encoding="utf-8")
            figures += _counter(args.runs, Path(folder) / "counter", usual)
        waiting = [] if args.no_idle else _idle(store, ready)
        figures += waiting
    if args.products:
        figures += _catalogue(args.runs, args.products, waiting[0].median if waiting else None)
    with tempfile.TemporaryDirectory() as folder:
        paper = _paper(args.runs, Path(folder))
    _tell([*figures, *journal, *paper])
    return 0


def _start_up(runs: int, store: Path, ready: Path) -> list[Figure]:
    """From the start of the process to the first painted window, the program and a bare window in turns."""
    program: list[float] = []
    bare: list[float] = []
    empty: list[float] = []
    for _ in range(runs):
        empty.append(_milliseconds("empty.py"))
        bare.append(_milliseconds("bare_window.py"))
        program.append(_milliseconds("first_paint.py", str(store), str(ready)))
    ratios = [mine / floor for mine, floor in zip(program, bare, strict=True)]
    return [
        Figure("python -c pass", "ms", statistics.median(empty), min(empty)),
        Figure("bare Qt + qasync window, first paint", "ms", statistics.median(bare), min(bare)),
        Figure("till, first paint", "ms", statistics.median(program), min(program)),
        Figure("first paint ÷ floor", "×", statistics.median(ratios), min(program) / min(bare), 1.25),
    ]


def _at_once(runs: int, store: Path, ready: Path) -> list[Figure]:
    """A sale with companies that answer in no time, as none does: what is left is the machine's own work."""
    found = _played(runs, store, ready)
    ratios = [mine / floor for mine, floor in zip(found["sales"], found["floors"], strict=True)]
    return [
        Figure("codes on screen, no latency", "ms", statistics.median(found["sales"]), min(found["sales"])),
        Figure(
            "÷ floor, no latency", "×", statistics.median(ratios), min(found["sales"]) / min(found["floors"])
        ),
    ]


def _counter(runs: int, store: Path, ready: Path) -> list[Figure]:
    """Sales at the window, against the same requests and as many transactions made bare; and the loop.

    The loop's lateness is told twice: as it was, and as far as this thread's own processor time explains it,
    which a busy machine does not change.
    """
    found = _played(runs, store, ready)
    sales, floors = found["sales"], found["floors"]
    ratios = [mine / floor for mine, floor in zip(sales, floors, strict=True)]
    figures = [
        Figure("its requests and transactions, bare", "ms", statistics.median(floors), min(floors)),
        Figure("money received to codes on screen", "ms", statistics.median(sales), min(sales)),
        Figure("codes on screen ÷ floor", "×", statistics.median(ratios), min(sales) / min(floors), 1.5),
        Figure("first sale of a day", "ms", found["first"], found["first"]),
    ]
    for name, beats in found["blocked"].items():
        for kind, words in (("late", "loop late"), ("own", "loop's own work")):
            late = sorted(beats[kind])
            p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
            figures.append(Figure(f"{words}, {name}, p99", "ms", p99, late[0], 16))
            figures.append(Figure(f"{words}, {name}, worst", "ms", late[-1], late[0], 50))
    return figures


def _paper(runs: int, folder: Path) -> list[Figure]:
    """From codes that are sealed to the last byte a printer was handed; each way in a process of its own."""
    figures: list[Figure] = []
    for kind, paper in (
        ("text", "80"),
        ("text", "58"),
        ("picture", "80"),
        ("picture", "58"),
        ("folder", "80"),
    ):
        name = f"{kind}, {paper} mm"
        arguments = (kind, paper, str(runs), "warm")
        told = _told(_QUICK_SECONDS, "slips.py", str(folder / name), *arguments)
        one, floors = told["sales"], told["floors"]
        figures.append(Figure(f"{name}: a card", "ms", statistics.median(one), min(one), 150))
        if floors:
            ratios = [mine / floor for mine, floor in zip(one, floors, strict=True)]
            figures.append(
                Figure(f"{name}: a card ÷ floor", "×", statistics.median(ratios), min(one) / min(floors))
            )
        many = told["many"] / 1000
        figures.append(Figure(f"{name}: 100 cards", "s", many, many, 3))
        figures.append(Figure("processor time for them", "s", told["processor"], told["processor"]))
        if floors:
            ratio = told["many"] / told["many_floor"]
            figures.append(Figure(f"{name}: 100 cards ÷ floor", "×", ratio, ratio))
        for beats, words in (("late", "loop late"), ("held", "loop held up"), ("own", "loop's own work")):
            late = sorted(told[beats])
            p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
            figures.append(Figure(f"{words}, 100 cards, p99", "ms", p99, late[0], 16))
            figures.append(Figure(f"{words}, 100 cards, worst", "ms", late[-1], late[0], 16))
        cold = _told(_QUICK_SECONDS, "slips.py", str(folder / f"{name}, cold"), kind, paper, "5", "cold")
        for words, first in (("first, at once", cold["first"]), ("first, as at a counter", told["first"])):
            more = first - statistics.median(one)
            figures.append(Figure(f"{name}: {words}, over a later", "ms", more, more, 400))
    return figures


def _catalogue(runs: int, products: int, usual: float | None) -> list[Figure]:
    """A long catalogue; `usual` is what a till with a usual one holds while it waits, in MB, if known."""
    with SandboxProcess(products=products) as sandbox, tempfile.TemporaryDirectory() as folder:
        ready, store = Path(folder) / "ready.json", Path(folder) / "store"
        ready.write_text(sandbox.line, encoding="utf-8")
        told = _told(_LONG_SECONDS, "catalogue.py", "work", str(store), str(ready))
        shown: list[list[float]] = []
        for _ in range(runs):
            child = _start("catalogue.py", "shown", str(store), str(ready))
            try:
                assert child.stdout is not None
                shown.append([float(part) for part in child.stdout.readline().split()])
            finally:
                child.kill()
                child.wait(_CHILD_SECONDS)
        idle = None if usual is None else _idle(store, ready)[0]
    floor_wall, floor_own = _p99(told["floor"])
    figures = [Figure("a key of a bare list, p99, processor time", "ms", floor_own, floor_own)]
    for kind, words in (("search", "search"), ("choose", "value, number"), ("charge", "cash")):
        wall, own = _p99(told["keys"][kind])
        figures += [
            Figure(f"{words}: key until painted, p99", "ms", wall, wall, 16),
            Figure(f"{words}: its processor time, p99", "ms", own, own, 16),
            Figure(f"{words}: key ÷ bare list, p99", "×", wall / floor_wall, own / floor_own),
        ]
    opened = [wall for wall, _own in told["open"]]
    rows = [wall for wall, _own in told["open_floor"]]
    ratios = [mine / floor for mine, floor in zip(opened, rows, strict=True)]
    spent = [own for _wall, own in told["open"]]
    name = f"{told['products']} products, {told['brands']} brands"
    figures += [
        Figure(f"{name}, opened", "ms", statistics.median(opened), min(opened), 100),
        Figure("processor time for it", "ms", statistics.median(spent), min(spent), 100),
        Figure("opened ÷ its rows", "×", statistics.median(ratios), min(opened) / min(rows)),
        Figure("first paint to products", "s", *_middle(wall for wall, _own in shown), 0.5),
        Figure("processor time for it", "s", *_middle(own for _wall, own in shown), 0.5),
        Figure("read again", "s", told["refresh"], told["refresh"]),
    ]
    for beats, words in (("late", "loop late"), ("own", "loop's own work")):
        late = sorted(told[beats])
        figures.append(Figure(f"{words}, read again, p99", "ms", late[int(len(late) * 0.99)], late[0], 16))
        figures.append(Figure(f"{words}, read again, worst", "ms", late[-1], late[0], 50))
    if idle is not None and usual is not None:
        figures.append(
            Figure("memory beyond a usual catalogue", "MB", idle.median - usual, idle.least - usual, 25)
        )
    return figures


def _middle(values: Iterable[float]) -> tuple[float, float]:
    """Median and least."""
    found = list(values)
    return statistics.median(found), min(found)


def _p99(pairs: Sequence[Sequence[float]]) -> tuple[float, float]:
    """By the clock, and of processor time; each of its own."""
    walls, owns = sorted(pair[0] for pair in pairs), sorted(pair[1] for pair in pairs)
    at = min(len(pairs) - 1, int(len(pairs) * 0.99))
    return walls[at], owns[at]


def _played(runs: int, store: Path, ready: Path) -> dict[str, Any]:
    child = _start("counter.py", str(store), str(ready), str(runs))
    try:
        said, _nothing = child.communicate(timeout=_CHILD_SECONDS * 2)
    finally:
        child.kill()
    return json.loads(said)


def _journal(runs: int, folder: Path, entries: int) -> list[Figure]:
    """An entry beside one transaction that writes its row alone, a long journal, and many open orders."""
    told = _told(_QUICK_SECONDS, "journal.py", "append", str(folder / "appended.db"), str(runs * 20))
    took, bare = told["took"], told["bare"]
    ratios = [mine / floor for kind in took for mine, floor in zip(took[kind], bare[kind], strict=True)]
    least = sum(min(times) for times in took.values()) / sum(min(times) for times in bare.values())
    everything = [one for times in took.values() for one in times]
    figures = [
        Figure("an entry", "ms", statistics.median(everything), min(everything)),
        Figure("an entry ÷ its bare row", "×", statistics.median(ratios), least, 1.5),
    ]
    if entries:
        path = str(folder / "long.db")
        _told(_LONG_SECONDS, "made_journal.py", path, str(entries))
        told = _told(_LONG_SECONDS, "journal.py", "verify", path)
        share = told["entries"] / _ENTRIES
        figures += [
            Figure(f"{told['entries']} entries verified", "s", told["seconds"], told["seconds"], 20 * share),
            Figure("processor time for it", "s", told["processor"], told["processor"]),
            Figure("memory for it (resident)", "MB", told["megabytes"], told["megabytes"], 200),
            Figure("another's longest wait meanwhile", "ms", told["waited"], told["waited"]),
        ]
        told = _told(_LONG_SECONDS, "journal.py", "stories", path)
        figures += [
            Figure("with every order's story", "s", told["seconds"], told["seconds"]),
            Figure("memory for it (resident)", "MB", told["megabytes"], told["megabytes"]),
        ]
    told = _told(_QUICK_SECONDS, "resolving.py", str(_OPEN_ORDERS))
    if told["left"]:
        raise RuntimeError(f"{told['left']} orders are still open")
    own = told["open"] + told["look"]
    figures += [
        Figure(f"{_OPEN_ORDERS} open orders, opened and resolved", "s", own, own, 5),
        Figure("processor time for them", "s", told["processor"], told["processor"]),
    ]
    return figures


def _told(seconds: float, script: str, *arguments: str) -> dict[str, Any]:
    child = _start(script, *arguments)
    try:
        said, _nothing = child.communicate(timeout=seconds)
    finally:
        child.kill()
    return json.loads(said)


def _idle(store: Path, ready: Path) -> list[Figure]:
    """Memory and processor time of an open till that nobody touches, its products loaded."""
    child = _start("idle.py", str(store), str(ready))
    try:
        assert child.stdout is not None
        if child.stdout.readline().strip() != b"open":
            raise RuntimeError("the till did not open")
        process = psutil.Process(child.pid)
        time.sleep(_SETTLE_SECONDS)
        memory: list[float] = []
        own: list[float] = []
        loads: list[float] = []
        for _ in range(4):
            before = process.cpu_times()
            time.sleep(_IDLE_SECONDS / 4)
            after = process.cpu_times()
            spent = after.user + after.system - before.user - before.system
            loads.append(100 * spent / (_IDLE_SECONDS / 4))
            memory.append(process.memory_info().rss / 1e6)
            # Without the pages of libraries that every program on the machine shares.
            own.append(process.memory_full_info().uss / 1e6)
    finally:
        child.kill()
        child.wait(_CHILD_SECONDS)
    return [
        Figure("idle memory (resident)", "MB", statistics.median(memory), min(memory), 110),
        Figure("idle memory, its own alone", "MB", statistics.median(own), min(own)),
        Figure("idle processor time", "%", statistics.mean(loads), min(loads), 0.2),
    ]


def _milliseconds(script: str, *arguments: str) -> float:
    began = time.monotonic()
    child = _start(script, *arguments)
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
    finally:
        child.kill()
        child.wait(_CHILD_SECONDS)
    # Both processes read the same clock: CLOCK_MONOTONIC counts for the whole machine.
    return (float(line) - began) * 1000


def _start(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(_HERE.parent.parent)}
    command = [sys.executable, str(_HERE / script), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)


def _tell(figures: Sequence[Figure]) -> None:
    _OUT.mkdir(parents=True, exist_ok=True)
    (_OUT / "bench.json").write_text(
        json.dumps([asdict(figure) for figure in figures], indent=2), encoding="utf-8"
    )
    lines = [f"{'figure':<40} {'median':>10} {'least':>10} {'limit':>8}"]
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:g}"
        lines.append(
            f"{figure.name:<40} {figure.median:>8.2f} {figure.unit:<2} {figure.least:>7.2f} {limit:>8}"
        )
    lines += ["", "loop late: by the clock, as the machine was; loop's own work: its thread's processor time"]
    lines += ["loop held up: late, but for the time in which others had the cores"]
    sys.stdout.write("\n".join(lines) + f"\n\nwritten to {_OUT / 'bench.json'}\n")


if __name__ == "__main__":
    sys.exit(main())
