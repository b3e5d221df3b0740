"""`make faults`: is nothing bought twice, and nothing lost, whatever goes wrong?

python -m tests.faults                    the bounded form, some minutes
python -m tests.faults --long 5000        every pair of faults, 5000 triples, 1000 kills, every torn byte
python -m tests.faults --script "..."     one script again
python -m tests.faults --kill "..."       one kill again
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import Final

from tests.faults import crash, many, script, torn
from tests.faults.play import play


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done. Without `seconds` all pairs are played, else as many scripts as there is time for.

    `limit` is how long what is over HTTP, and what is killed, may take each; the rest is left out.
    """

    seconds: float | None
    limit: float | None
    triples: int
    over_http: int
    points: int | None
    instants: int
    bytes_apart: int
    other_cuts: int


_BOUNDED: Final = Extent(50.0, 60.0, 100_000, 40, 44, 8, 61, 200)
_EVERYTHING: Final = Extent(None, None, 0, 500, None, 400, 1, 5000)
_PARTS: Final = ("scripts", "http", "crash", "torn")
_TILL_EVERY: Final = 97
_USUAL_SEED: Final = 1


def main() -> int:
    """Run what was asked for; 0 if every claim holds."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="the dice: always the same if bounded, else taken and told")
    parser.add_argument("--seconds", type=float, help="how long scripts are played, if bounded")
    parser.add_argument("--long", type=int, metavar="N", help="everything, and so many triples")
    parser.add_argument("--part", choices=_PARTS, action="append", help="only this; may be said again")
    parser.add_argument("--script", help="play this one script")
    parser.add_argument("--kill", help="kill this one till")
    args = parser.parse_args()
    if args.script is not None:
        return _one_script(args.script)
    if args.kill is not None:
        return _one_kill(args.kill)
    seed = args.seed
    if seed is None:
        # What every change must pass is the same for all; who has time looks elsewhere each time.
        seed = _USUAL_SEED if args.long is None else SystemRandom().randrange(10**6)
    _say(f"seed {seed}")
    parts: dict[str, Callable[[int, Extent, int], bool]] = {
        "scripts": _scripts,
        "http": _over_http,
        "crash": _crash,
        "torn": _torn,
    }
    bounded = _BOUNDED if args.seconds is None else replace(_BOUNDED, seconds=args.seconds)
    extent, triples = (bounded, bounded.triples) if args.long is None else (_EVERYTHING, args.long)
    held = [act(seed, extent, triples) for name, act in parts.items() if name in (args.part or _PARTS)]
    return 0 if all(held) else 1


def _scripts(seed: int, extent: Extent, triples: int) -> bool:
    began = time.monotonic()
    tally = many.play_many(seed, triples, extent.seconds)
    _say_line("in process", tally.line(), began)
    _say(f"           {tally.story()}")
    for failure in many.told(tally.failed):
        _say(failure)
    return not tally.failed


def _over_http(seed: int, extent: Extent, _triples: int) -> bool:
    began = time.monotonic()
    tally = many.replay(seed, extent.over_http, extent.limit)
    _say_line("over HTTP", tally.line(), began)
    for outcome in tally.failed:
        _say(f"{many.why(outcome)}\n  python -m tests.faults --script '{outcome.script}'")
    return not tally.failed


def _crash(seed: int, extent: Extent, _triples: int) -> bool:
    began = time.monotonic()
    tally = crash.kill_many(seed, extent.points, extent.instants, extent.limit)
    _say_line("killed", tally.line(), began)
    for failure in crash.told(tally.failed):
        _say(failure)
    return not tally.failed


def _torn(_seed: int, extent: Extent, _triples: int) -> bool:
    began = time.monotonic()
    tally = torn.tear_many(extent.bytes_apart, extent.other_cuts, _TILL_EVERY)
    _say_line("torn", tally.line(), began)
    for wrong in tally.wrong[:5]:
        _say(wrong)
    return not tally.wrong


def _one_script(text: str) -> int:
    outcome = play(script.read(text))
    for said in outcome.said:
        _say(f"  {said}")
    for broken in outcome.broken:
        _say(f"{broken.what}: {broken.how}")
    _say(outcome.error or ("holds" if outcome.holds else "does not hold"))
    return 0 if outcome.holds else 1


def _one_kill(text: str) -> int:
    report = crash.kill_again(text)
    for what, how in report.broken:
        _say(f"{what}: {how}")
    _say(report.error or ("does not hold" if report.broken else "holds"))
    return 1 if report.error or report.broken else 0


def _say_line(part: str, line: str, began: float) -> None:
    _say(f"{part:10} {line} [{time.monotonic() - began:.0f} s]")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
