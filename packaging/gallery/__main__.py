"""`make gallery`: plays every language and scale in a process of its own, then joins the pictures by a page.

`ARGS='--states sell charge --languages en --themes light'` makes some of them only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from .page import write_page

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "out" / "gallery"
_LANGUAGES: Final = ("en", "es", "ar")
_SCALES: Final = (1, 2)
_LONGEST: Final = 3600
_NICE: Final = 10


def main() -> int:
    """Make all pictures and the page; returns 0 if none is missing."""
    parser = argparse.ArgumentParser(prog="make gallery")
    parser.add_argument(
        "--states", nargs="*", default=[], help="only states with one of these in their names"
    )
    parser.add_argument("--languages", nargs="*", default=_LANGUAGES)
    parser.add_argument("--themes", nargs="*", default=[])
    parser.add_argument("--scales", nargs="*", type=int, default=_SCALES)
    args = parser.parse_args()
    began = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    more = [*(["--themes", *args.themes] if args.themes else [])]
    more += ["--states", *args.states] if args.states else []
    parts: list[tuple[str, int]] = [(language, scale) for scale in args.scales for language in args.languages]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        codes = list(pool.map(partial(_play, more=more), parts))
    made = [
        one for path in sorted(OUT.glob("*.json")) for one in json.loads(path.read_text(encoding="utf-8"))
    ]
    page = write_page(OUT, made)
    seconds = round(time.monotonic() - began)
    print(f"{len(made)} pictures of {len({one['state'] for one in made})} states in {seconds} s:")
    print(f"  {page}")
    seen = [line for path in sorted(OUT.glob("??-?.txt")) for line in path.read_text("utf-8").splitlines()]
    if seen:
        # To be judged by a person: what is cut in one language may be meant to be.
        print(f"Words that are cut, or controls out of their place or without a name: {len(seen)}")
        print("".join(f"  {line}\n" for line in seen), end="")
    return 1 if any(codes) or not made else 0


def _play(part: tuple[str, int], more: list[str]) -> int:
    language, scale = part
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
    command = [sys.executable, "-m", f"{__package__}.player", "--out", str(OUT)]
    command += ["--language", language, "--scale", str(scale), *more]
    if shutil.which("nice"):
        command = ["nice", "-n", str(_NICE), *command]
    done = subprocess.run(command, cwd=ROOT, env=environment, timeout=_LONGEST, check=False)
    print(f"{language}, {scale * 100} %: {'done' if done.returncode == 0 else 'some could not be made'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
