"""Compile every translation source under resources/locale to the form the program reads."""

from __future__ import annotations

from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent.parent / "resources" / "locale"


def compile_texts(folder: Path = LOCALES) -> list[Path]:
    """Write a .mo beside each .po below `folder`; returns the files written."""
    written: list[Path] = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


if __name__ == "__main__":
    compile_texts()
