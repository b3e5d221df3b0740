"""Very many scripts, on all processors, for as long as there is time."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.faults import dice, script
from tests.faults.over_http import play_over_http
from tests.faults.play import Outcome, play
from tests.faults.script import Script
from tests.faults.shop import get_ready
from tests.faults.shrink import shortest

_AT_A_TIME: Final = 8
_MOST_TOLD: Final = 5


@dataclass
class Tally:
    """How many scripts were played, and what did not hold."""

    pairs: int = 0
    triples: int = 0
    of_pairs: int = 0
    broken: Counter[str] = field(default_factory=Counter[str])
    failed: list[Outcome] = field(default_factory=list[Outcome])
    happened: Counter[str] = field(default_factory=Counter[str])

    @property
    def scripts(self) -> int:
        """How many were played."""
        return self.pairs + self.triples

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        self.happened.update(outcome.happened)
        if outcome.error:
            self.broken["error"] += 1
        for what in {one.what for one in outcome.broken}:
            self.broken[what] += 1
        if not outcome.holds:
            self.failed.append(outcome)

    def line(self) -> str:
        """The one line that is printed."""
        return (
            f"{self.scripts} scripts ({self.pairs} of {self.of_pairs} pairs of faults,"
            f" {self.triples} triples): {self.broken['double']} doubles, {self.broken['loss']} losses,"
            f" {self.broken['wrong verdict']} wrong verdicts, {self.broken['error']} ended by an error;"
            f" {self.broken['late commit']} late commits nobody could see"
        )

    def story(self) -> str:
        """What became of all the orders: that nothing broke says little where nothing happened."""
        told = self.happened
        return (
            f"{told['placed']} orders: {told['fulfilled']} fulfilled, {told['codes_pending']} codes pending,"
            f" {told['to_be_confirmed']} to be confirmed, {told['refused']} refused,"
            f" {told['not_bought']} not bought, {told['sent']} not confirmed,"
            f" {told['to_do'] + told['withdrawn']} never sent; {told['by_look']} decided by the program,"
            f" {told['by_hand']} by a person; {told['turned_up']} turned up, {told['supplied']} from spare"
            f" cards, {told['refunded']} paid back"
        )


def all_pairs(seed: int) -> list[Script]:
    """Every pair for every kind of order, in an order of the seed's."""
    scripts = list(itertools.chain.from_iterable(dice.pairs(kind, seed) for kind in script.KINDS))
    Random(seed).shuffle(scripts)  # noqa: S311
    return scripts


def play_many(seed: int, triples: int, seconds: float | None) -> Tally:
    """Play all pairs, and `triples` triples between them, or as many as there is time for."""
    # Here, so that the workers find it and this process clears it away.
    get_ready()
    pairs = all_pairs(seed)
    tally = Tally(of_pairs=len(pairs))
    waiting = _mixed(pairs, dice.triples(seed, 0, triples))
    end = None if seconds is None else time.monotonic() + seconds
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        running: dict[Future[list[Outcome]], int] = {}
        while True:
            while len(running) < workers * 2 and (end is None or time.monotonic() < end):
                chunk = list(itertools.islice(waiting, _AT_A_TIME))
                if not chunk:
                    break
                future = pool.submit(_play_all, [str(one) for _, one in chunk])
                running[future] = sum(is_pair for is_pair, _ in chunk)
            if not running:
                return tally
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                pair_count = running.pop(future)
                outcomes = future.result()
                tally.pairs += pair_count
                tally.triples += len(outcomes) - pair_count
                for outcome in outcomes:
                    tally.add(outcome)


def replay(seed: int, count: int, seconds: float | None = None) -> Tally:
    """Play `count` of all pairs once more, over real sockets, or as many as there is time for."""
    # Here, so that the workers find it and this process clears it away.
    get_ready()
    pairs = all_pairs(seed)
    tally = Tally(of_pairs=len(pairs))
    texts = [str(one) for one in pairs[-count:]]
    end = None if seconds is None else time.monotonic() + seconds
    parts = [texts[at : at + _AT_A_TIME] for at in range(0, len(texts), _AT_A_TIME)]
    with ProcessPoolExecutor(os.cpu_count() or 1, initializer=_begin) as pool:
        for outcomes in pool.map(play_over_http, parts):
            tally.pairs += len(outcomes)
            for outcome in outcomes:
                tally.add(outcome)
            if end is not None and time.monotonic() > end:
                pool.shutdown(wait=False, cancel_futures=True)
                break
    return tally


def told(failed: Sequence[Outcome]) -> Iterator[str]:
    """How the first few failures are played again, each as short as it can be."""
    met: set[str] = set()
    for outcome in failed:
        reason = why(outcome)
        if reason in met or len(met) >= _MOST_TOLD:
            continue
        met.add(reason)
        short = shortest(script.read(outcome.script), _breaks_so(reason))
        yield f"{reason}\n  python -m tests.faults --script '{short}'"


def why(outcome: Outcome) -> str:
    """In one line, what does not hold."""
    if outcome.error:
        return outcome.error.strip().splitlines()[-1]
    return " · ".join(sorted({f"{one.what}: {one.how}" for one in outcome.broken}))


def _breaks_so(reason: str) -> Callable[[Script], bool]:
    return lambda one: why(play(one)) == reason


def _mixed(pairs: Iterable[Script], triples: Iterable[Script]) -> Iterator[tuple[bool, Script]]:
    """Pairs and triples in turns, as long as there are both."""
    for pair, triple in itertools.zip_longest(pairs, triples):
        if pair is not None:
            yield True, pair
        if triple is not None:
            yield False, triple


def _begin() -> None:
    logging.disable(logging.CRITICAL)
    get_ready()


def _play_all(texts: list[str]) -> list[Outcome]:
    return [play(script.read(text)) for text in texts]
