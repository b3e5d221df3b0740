"""The part of python-escpos that is used here, typed. Import it only through `escpos`: see there."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Final, cast

from escpos.capabilities import CAPABILITIES, pickle_dir
from escpos.constants import HW_INIT
from escpos.magicencode import Encoder
from escpos.printer import Dummy

from pos_app.printing.raster import Bitmap, printing

SCRATCH: Final = str(pickle_dir)
"""The temporary folder the library has made for itself while it was imported; nobody needs it afterwards."""

_PROFILES = cast("dict[str, dict[str, Any]]", CAPABILITIES["profiles"])

_PAGES: Final = (
    *("CP437", "CP1252", "CP858", "CP850", "ISO_8859-15"),
    *("CP852", "CP1250", "CP1257", "CP775", "CP1254", "CP857"),
    *("CP1253", "CP737", "CP1251", "CP866", "CP855"),
)
"""Code pages in the order they are tried: Latin, Greek, Cyrillic.

Left out on purpose: Arabic, Hebrew and Thai pages (a printer neither orders nor joins their letters) and
double-byte ones (they change what the bytes after them mean).
"""

# Printers of these makers start in a Chinese mode that reads two bytes above 0x7F as one character.
_START_IN_CHINESE: Final = frozenset({"Zjiang", "ZiJiang", "Netum"})
_NO_CHINESE: Final = b"\x1c."


class UnknownProfile(Exception):
    """No such printer profile, or one that says nothing about the printer's characters."""


class Job:
    """The bytes of one print job, gathered in memory for the printer `profile`."""

    def __init__(self, profile: str) -> None:
        known = _PROFILES.get(profile, {"codePages": {}})
        self._pages, self._encoder = _letters(profile)
        if not self._pages:
            raise UnknownProfile
        self._features = cast("dict[str, bool]", known["features"])
        self._printer: Any = Dummy(profile=profile, magic_encode_args={"encoder": self._encoder})
        self._start = HW_INIT + (_NO_CHINESE if known.get("vendor") in _START_IN_CHINESE else b"")

    @property
    def output(self) -> bytes:
        """Everything so far."""
        return self._start + self._printer.output

    @property
    def numbered_pages(self) -> dict[int, str]:
        """The code pages in use by their numbers, under the names that Python gives them."""
        return {int(number): name.lower().replace("iso_", "iso") for name, number in self._pages.items()}

    def supports(self, feature: str) -> bool:
        """Whether the profile says that the printer can do it."""
        return bool(self._features.get(feature))

    def page_of(self, character: str) -> str | None:
        """The first code page with `character` on it; None when there is none or it can not be seen."""
        if character.isascii():
            return next(iter(self._pages))
        if unicodedata.category(character) == "Cf":
            return None
        return next((page for page in self._pages if self._encoder.can_encode(page, character)), None)

    def dress(self, *, bold: bool, tall: bool, wide: bool) -> None:
        """From now on characters look like this."""
        if tall or wide:
            self._printer.set(double_height=tall, double_width=wide, bold=bold)
        else:
            self._printer.set(normal_textsize=True, bold=bold)

    def write(self, text: str) -> None:
        """`text` as it is, changing code pages on the way. Every character must have a `page_of`."""
        magic = self._printer.magic
        written = 0
        for place, character in enumerate(text):
            if magic.encoding is None or not self._encoder.can_encode(magic.encoding, character):
                magic.write_with_encoding(magic.encoding, text[written:place])
                magic.write_with_encoding(self.page_of(character), None)
                written = place
        magic.write_with_encoding(magic.encoding, text[written:])

    def draw(self, picture: Bitmap) -> None:
        """A picture in the middle, as it is. The profile must support "bitImageRaster"."""
        self._printer.set(align="center")
        self.print_picture(picture)
        self._printer.set(align="left")

    def print_picture(self, picture: Bitmap) -> None:
        """A picture from the left edge on."""
        self._printer._raw(printing(picture))  # noqa: SLF001  the library's own pictures go this way

    def cut(self) -> None:
        """Feed past the knife and cut, leaving a corner where the printer can."""
        self._printer.cut(mode="PART")

    def feed(self, lines: int) -> None:
        """Empty lines."""
        self._printer.print_and_feed(lines)


@cache
def _letters(profile: str) -> tuple[dict[str, str], Any]:
    """The code pages of `profile` by name, and what encodes for them, which learns each page once."""
    pages = _lowest_numbers(_PROFILES.get(profile, {"codePages": {}})["codePages"])
    return pages, Encoder(pages)


def profile_titles() -> dict[str, str]:
    """What maker and printer of each profile are called, by its name. Displays for customers are left out."""
    return {
        name: f"{known.get('vendor', '')} {known.get('name', name)}".strip()
        for name, known in _PROFILES.items()
        if _lowest_numbers(known["codePages"]) and "Display" not in str(known.get("name"))
    }


def _lowest_numbers(pages: dict[str, str]) -> dict[str, str]:
    """Number of each page worth trying, in the order of trying; some profiles list a page twice."""
    numbers: dict[str, str] = {}
    for number, name in sorted(pages.items(), key=lambda item: int(item[0])):
        numbers.setdefault(name, number)
    return {name: numbers[name] for name in _PAGES if name in numbers}
