"""`python -m tests.bench.packaged`: first paint of the packaged program ÷ of the same from its sources.

Both are started as a shop starts them and say themselves when they painted: Qt writes a line of its log for
the first pixels it hands to the screen, so nothing is added to the program that is measured.
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
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAM = _ROOT / "out" / "package" / "countercard" / "countercard"
_RESULT = _ROOT / "out" / "bench" / "packaged.json"
_PAINTED = b"qt.widgets.painting: Flushing"
_PATIENCE = 90.0
_LIMIT = 1.2


def main() -> int:
    """Measure in turns, print both and their ratio, write `out/bench/packaged.json`."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.packaged", description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="how often each of the two is started")
    runs = parser.parse_args().runs
    if not _PROGRAM.exists():
        print("Skipped: no packaged program in out/package. `make package` builds it.")
        return 0
    source: list[float] = []
    packaged: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        # The first round fills the caches of both and is not counted.
        for _ in range(runs + 1):
            source.append(_milliseconds([sys.executable, "-m", "ui", "--store", f"{folder}/source"]))
            packaged.append(_milliseconds([str(_PROGRAM), "--store", f"{folder}/packaged"]))
    del source[0], packaged[0]
    ratio = statistics.median(mine / floor for mine, floor in zip(packaged, source, strict=True))
    least = min(packaged) / min(source)
    for name, times in (("from source", source), ("packaged", packaged)):
        print(
            f"first paint, {name:<12} median {statistics.median(times):7.1f} ms   least {min(times):7.1f} ms"
        )
    print(f"packaged ÷ source         median {ratio:7.2f} ×    least {least:7.2f} ×    limit {_LIMIT}")
    _RESULT.parent.mkdir(parents=True, exist_ok=True)
    _RESULT.write_text(
        json.dumps({"source": source, "packaged": packaged, "ratio": ratio, "limit": _LIMIT}),
        encoding="utf-8",
    )
    return 0


def _milliseconds(command: Sequence[str]) -> float:
    """From the start of the process to its first pixels; the process is then ended."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "qt.widgets.painting.debug=true",
    }
    # The packaged program is compiled: the sources are let keep what was compiled of them, too.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=_ROOT, env=environment
    ) as child:
        assert child.stderr is not None
        try:
            for line in child.stderr:
                if line.startswith(_PAINTED):
                    return (time.monotonic() - began) * 1000
        finally:
            child.kill()
            child.wait(_PATIENCE)
    raise RuntimeError(f"{command[0]} ended without painting anything")


if __name__ == "__main__":
    sys.exit(main())
