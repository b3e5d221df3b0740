"""Compile every translation source under resources/locale to the form the program reads.

`make` does it when a source has changed, and so does whatever builds or installs the project (build_hook.py).
"""

from __future__ import annotations

from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent.parent / "resources" / "locale"


def compile_texts(folder: Path = LOCALES) -> list[Path]:
    """Make a .mo beside each .po below `folder` what it should be; returns all of them."""
    made: list[Path] = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        wanted = polib.pofile(str(source)).to_binary()
        if not target.exists() or target.read_bytes() != wanted:
            # In one step: a till that starts meanwhile reads the one or the other.
            fresh = target.with_suffix(".mo.new")
            fresh.write_bytes(wanted)
            fresh.replace(target)
        made.append(target)
    return made


if __name__ == "__main__":
    compile_texts()
