"""Papers that a person has looked at and approved, and what a paper of today is compared with them by.

After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest tests/printing; then look at the pictures.

A picture is the same dot by dot wherever the same version of Qt draws with the fonts that come with the
program. Another version may set a dot at the edge of a letter otherwise. So what counts is a **stray**: a
dot that is black in the one picture while none is black within one dot of it in the other. `FEW` of them
pass. A full stop that is missing makes nine, a line that stands two dots lower some hundreds; and a paper
that is not exactly as long or as wide is another paper.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from pos_app import i18n
from pos_app.printing.raster import Bitmap
from tests.printing.scripts import pseudo_language

GOLDEN: Final = Path(__file__).parent.parent / "golden"
WRITES: Final = bool(os.environ.get("COUNTERCARD_WRITE_GOLDEN"))
FEW: Final = 4


@contextmanager
def spoken(language: str, currency: str = "USD") -> Generator[None]:
    """`pseudo` is a third longer than English, and accented. `currency` is the shop's."""
    with pseudo_language() if language == "pseudo" else nullcontext():
        if language != "pseudo":
            i18n.set_language(language, currency)
        try:
            yield
        finally:
            i18n.set_language("en")


def compared(file: Path, content: str) -> None:
    if WRITES:
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")
    assert content == file.read_text(encoding="utf-8")


def seen(file: Path, picture: Image.Image, beside: Path) -> None:
    """Whether `picture` is what was approved; if it is not, it lies in `beside`, to be looked at."""
    if WRITES:
        file.parent.mkdir(exist_ok=True)
        picture.save(file, optimize=True)
    with Image.open(file) as approved:
        found = unlike(picture, approved)
    if found:
        picture.save(beside / file.name)
    assert not found, f"{file.name}: {found}; see {beside}"


def unlike(picture: Image.Image, approved: Image.Image) -> str:
    """What tells the one from the other; nothing where they are alike."""
    if picture.size != approved.size:
        return f"{picture.size} for {approved.size}"
    if picture.tobytes() == approved.tobytes():
        return ""
    new, lost = strays(picture, approved), strays(approved, picture)
    return f"{new} strays, {lost} dots lost" if new + lost > FEW else ""


def strays(one: Image.Image, other: Image.Image) -> int:
    """How many black dots of `one` have no black dot within one dot in `other`."""
    near = other.convert("L").filter(ImageFilter.MinFilter(3))
    return ImageChops.subtract(near, one.convert("L")).histogram()[255]


def picture_of(bitmap: Bitmap) -> Image.Image:
    return Image.frombytes("1", (bitmap.width, bitmap.height), bitmap.bits, "raw", "1;I")
