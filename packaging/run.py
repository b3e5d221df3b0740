"""`make run`: the till in training mode; without a display it plays two sales off-screen, with pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "demo"
_PROBE_SECONDS = 30


def has_display() -> bool:
    """Whether a window can be shown. On Linux a display is named by the environment and has to answer."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return False
    # Qt ends the process when the display it was told of is not there, so another process finds out.
    probe = [sys.executable, "-c", "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"]
    try:
        return subprocess.run(probe, capture_output=True, timeout=_PROBE_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main(arguments: list[str]) -> int:
    """Open the window, or play the demonstration where there is nobody to look at one."""
    from ui.__main__ import main as countercard

    if has_display():
        return countercard(arguments or ["--training"])
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    print("No display: the till plays a sale by code and one by e-mail off-screen.")
    shutil.rmtree(OUT, ignore_errors=True)
    code = countercard(["--demo", str(OUT)])
    if code != 0:
        return code
    print("What it left, pictures, receipt, slips and the provider's own books, is in:")
    print(f"  {OUT}")
    for path in sorted(OUT.iterdir()):
        print(f"    {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
