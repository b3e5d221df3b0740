"""Read the texts out of the code into resources/locale/pos.pot and merge them into every language.

`texts.py` writes what changed; `texts.py de` begins a language, all of it in one folder; `texts.py --check`
writes nothing, and ends with 1 if something would change. The files hold no dates, no line numbers and no
versions of tools, so that they change only when a text does.
"""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import tomli_w
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import habits
from pos_app import formats

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALES: Final = ROOT / "resources" / "locale"
TEMPLATE: Final = LOCALES / "pos.pot"
NOTICES: Final = ROOT / "resources" / "guard" / "notices.toml"

_SOURCES = ("pos_app", "ui")
# The sandbox speaks English, as the companies it stands in for do.
_EXEMPT = ROOT / "pos_app" / "sandbox"
_KEYWORDS: Final = {"_": None, "ngettext": (1, 2)}
_NOTES = ("Translators:",)
_WIDTH = 100
_LEFT_OUT = tuple(
    f'"{name}:'
    for name in (
        "Generated-By",
        "Language-Team",
        "Last-Translator",
        "PO-Revision-Date",
        "POT-Creation-Date",
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
    )
)


def extracted() -> Catalog:
    """Every text of the program, in the order of files and within them."""
    catalog = Catalog(project="Countercard", fuzzy=False, header_comment="# The texts of Countercard.")
    for path in _files():
        place = path.relative_to(ROOT).as_posix()
        found = extract_from_file(
            "python", path, keywords=_KEYWORDS, comment_tags=_NOTES, strip_comment_tags=True
        )
        for line, text, notes, context in found:
            catalog.add(text, locations=[(place, line)], auto_comments=notes, context=context)
    return catalog


def merged(template: Catalog, source: Path, language: str) -> Catalog:
    """The translations in `source`, none if it is not there yet, brought to the texts of `template`.

    A text that is gone is kept at the end as obsolete; a new one waits, untranslated. Nothing is guessed.
    """
    if source.exists():
        with source.open("rb") as file:
            catalog = read_po(file, locale=language)
    else:
        catalog = Catalog(
            language, project="Countercard", header_comment="# Countercard's texts in another language."
        )
    catalog.fuzzy = False
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    return catalog


def written(catalog: Catalog) -> str:
    """The file of `catalog`."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=_WIDTH, include_lineno=False)
    lines = buffer.getvalue().decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith(_LEFT_OUT)).rstrip() + "\n"


def files(languages: Sequence[str] = ()) -> dict[Path, str]:
    """Every file there should be, with what should stand in it; `languages` are begun if they are new."""
    template = extracted()
    wanted = {TEMPLATE: written(template)}
    there = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/pos.po")}
    for language in sorted(there | {str(Locale.parse(name)) for name in languages}):
        source = LOCALES / language / "LC_MESSAGES" / "pos.po"
        wanted[source] = written(merged(template, source, language))
        wanted[LOCALES / language / "formats.json"] = habits.told(language)
        for (spoken, currency), locale in formats.ELSEWHERE.items():
            if spoken == language:
                wanted[LOCALES / language / formats.file_of(language, currency)] = habits.told(locale)
        words = LOCALES / language / "notices.toml"
        wanted[words] = words.read_text(encoding="utf-8") if words.exists() else notices()
    wanted[LOCALES / "en" / "formats.json"] = habits.told("en")
    return wanted


def notices() -> str:
    """What the states want said, in English, for whoever translates it."""
    known = tomllib.loads(NOTICES.read_text(encoding="utf-8"))["notice"]
    return tomli_w.dumps({one["region"]: one["text"] for one in known})


def main(arguments: Sequence[str]) -> int:
    """Write what has to change, or with `--check` only say it."""
    check = "--check" in arguments
    stale = 0
    for path, text in files([name for name in arguments if not name.startswith("-")]).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(path.relative_to(ROOT).as_posix())
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


def _files() -> Iterator[Path]:
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.is_relative_to(_EXEMPT):
                yield path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
