"""The command `countercard`: the window, or, given a command, the till without one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pos_app.core_dumps import keep_none
from ui import options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code. Qt is imported only when a window is wanted."""
    keep_none()
    arguments = list(sys.argv[1:] if argv is None else argv)
    match arguments:
        case ["--demo", folder]:
            # The start first: it takes the import hook back before anything else of PySide6 is there.
            import ui.start  # noqa: F401  # pyright: ignore[reportUnusedImport]
            from ui.demo import demonstrate

            return demonstrate(Path(folder))
        case _:
            chosen = options.read(arguments)
    if chosen is None:
        from pos_app.__main__ import main as command

        return command(arguments)
    from ui.start import run

    return run(chosen)


if __name__ == "__main__":
    sys.exit(main())
