"""`make faults`: is nothing bought twice, and nothing lost, whatever goes wrong?

python -m tests.faults                    the bounded form, a few minutes
python -m tests.faults --long 5000        every pair of faults, 5000 triples, 1000 kills
python -m tests.faults --script "..."     one script again, step by step
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from random import SystemRandom

from tests.faults import many, script
from tests.faults.play import play

_BOUNDED_SECONDS = 60.0
_BOUNDED_TRIPLES = 100_000


def main() -> int:
    """Run what was asked for; 0 if every claim holds."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="the dice; without it some are taken and told")
    parser.add_argument("--long", type=int, metavar="N", help="everything, and so many triples")
    parser.add_argument("--seconds", type=float, default=_BOUNDED_SECONDS, help="for scripts, if bounded")
    parser.add_argument("--script", help="play this one script")
    args = parser.parse_args()
    if args.script is not None:
        return _one(args.script)
    seed = SystemRandom().randrange(10**6) if args.seed is None else args.seed
    _say(f"seed {seed}")
    return 0 if _scripts(seed, args.long, args.seconds) else 1


def _scripts(seed: int, long: int | None, seconds: float) -> bool:
    began = time.monotonic()
    triples = _BOUNDED_TRIPLES if long is None else long
    tally = many.play_many(seed, triples, seconds if long is None else None)
    _say(f"{tally.line()} [{time.monotonic() - began:.0f} s]")
    for failure in many.told(tally.failed):
        _say(failure)
    return not tally.failed


def _one(text: str) -> int:
    outcome = play(script.read(text))
    for said in outcome.said:
        _say(f"  {said}")
    for broken in outcome.broken:
        _say(f"{broken.what}: {broken.how}")
    if outcome.error:
        _say(outcome.error)
    _say("holds" if outcome.holds else "does not hold")
    return 0 if outcome.holds else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
