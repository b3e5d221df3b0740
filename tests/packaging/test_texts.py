"""Translations as the program reads them: made from their sources, and in what is installed."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.packaging.conftest import load

ROOT: Final = Path(__file__).resolve().parent.parent.parent
LOCALES: Final = ROOT / "resources" / "locale"

SOURCE: Final = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Cash"
msgstr "{cash}"

msgid "Next"
msgstr ""
"""


@pytest.fixture
def compiling() -> ModuleType:
    return load("compile_texts")


def test_a_source_is_compiled_and_compiled_anew_when_it_changes(
    compiling: ModuleType, tmp_path: Path
) -> None:
    source = tmp_path / "xx" / "LC_MESSAGES" / "pos.po"
    source.parent.mkdir(parents=True)
    for said in ("Efectivo", "Al contado"):
        source.write_text(SOURCE.replace("{cash}", said), encoding="utf-8")
        assert compiling.compile_texts(tmp_path) == [source.with_suffix(".mo")]
        with source.with_suffix(".mo").open("rb") as file:
            texts = gettext.GNUTranslations(file)
        assert texts.gettext("Cash") == said
        assert texts.gettext("Next") == "Next"
    assert sorted(path.name for path in source.parent.iterdir()) == ["pos.mo", "pos.po"]


def test_one_that_is_what_it_should_be_is_left_alone(compiling: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "xx" / "LC_MESSAGES" / "pos.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    (made,) = compiling.compile_texts(tmp_path)
    os.utime(made, (1, 1))
    compiling.compile_texts(tmp_path)
    assert made.stat().st_mtime == 1


def test_what_the_program_reads_is_what_its_sources_say(compiling: ModuleType, tmp_path: Path) -> None:
    """Otherwise a translation was changed and `make` not asked since."""
    for source in LOCALES.glob("*/LC_MESSAGES/pos.po"):
        copy = tmp_path / source.relative_to(LOCALES)
        copy.parent.mkdir(parents=True)
        copy.write_bytes(source.read_bytes())
        compiling.compile_texts(tmp_path)
        assert source.with_suffix(".mo").read_bytes() == copy.with_suffix(".mo").read_bytes()


def test_what_is_installed_speaks_every_language(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("resources/")}
    languages = {path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/pos.po")}
    assert languages
    for language in languages:
        assert f"resources/locale/{language}/LC_MESSAGES/pos.mo" in names
        assert f"resources/locale/{language}/formats.json" in names
        assert f"resources/locale/{language}/notices.toml" in names
    assert not [name for name in names if name.endswith((".po", ".pot"))]
