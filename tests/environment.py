"""The environment for child processes whose imports are looked at."""

from __future__ import annotations

import os


def unwatched() -> dict[str, str]:
    """This process's environment without a display, nor coverage, which imports a lot."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return {**kept, "QT_QPA_PLATFORM": "offscreen"}
