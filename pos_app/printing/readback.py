"""What a receipt printer will make of a job of ours, read back from the job's own bytes.

It knows the commands we send and no others: a byte that should not be there is found here, and not by the
printer. It does not know how the job was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pos_app.printing.raster import Bitmap, stacked

_ESC: Final = 0x1B
_GS: Final = 0x1D
_FS: Final = 0x1C
_LINE_FEED: Final = 0x0A
_CONTROLS: Final = 0x20
_WIDE: Final = 0x20
_PLAIN_CUTS: Final = frozenset(b"\x00\x010\x31")


class Unreadable(Exception):
    """The job holds something no job of ours should."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of characters; `wide` ones take two columns each."""

    text: str = field(repr=False)
    wide: bool = False


def read(job: bytes, pages: Mapping[int, str]) -> list[PrintedLine | Bitmap]:
    """What comes out on paper, from the top. `pages` are the printer's code pages by their numbers.

    Raises Unreadable: for an unknown command, a drawer's pulse, a job that ends inside one of its commands
    or lines, and for what is no character.
    """
    return _Reader(job, pages).read()


class _Reader:
    def __init__(self, job: bytes, pages: Mapping[int, str]) -> None:
        self._job = job
        self._pages = pages
        self._at = 0
        self._page = "cp437"
        self._wide = False
        self._line = ""
        self._out: list[PrintedLine | Bitmap] = []
        self._behind_picture = -1

    def read(self) -> list[PrintedLine | Bitmap]:
        commands: dict[int, Callable[[], None]] = {_ESC: self._esc, _GS: self._gs, _FS: self._fs}
        while self._at < len(self._job):
            byte = self._job[self._at]
            command = commands.get(byte)
            if command is not None:
                self._at += 1
                command()
            elif byte == _LINE_FEED:
                self._at += 1
                self._out.append(PrintedLine(self._line, self._wide))
                self._line = ""
            else:
                self._text()
        if self._line:
            raise Unreadable("a line without an end")
        return self._out

    def _take(self, count: int) -> bytes:
        taken = self._job[self._at : self._at + count]
        if len(taken) < count:
            raise Unreadable("the job ends inside a command")
        self._at += count
        return taken

    def _text(self) -> None:
        start = self._at
        while self._at < len(self._job) and self._job[self._at] >= _CONTROLS:
            self._at += 1
        if start == self._at:
            raise Unreadable("a control character")
        try:
            self._line += self._job[start : self._at].decode(self._page)
        except (UnicodeDecodeError, LookupError):
            raise Unreadable("no character") from None

    def _esc(self) -> None:
        match self._take(1):
            case b"@":
                return
            case b"!":
                self._wide = bool(self._take(1)[0] & _WIDE)
            case b"t":
                number = self._take(1)[0]
                if number not in self._pages:
                    raise Unreadable("a code page the printer does not have")
                self._page = self._pages[number]
            case b"E" | b"a" | b"d":
                self._take(1)
            case _:
                raise Unreadable("ESC")

    def _fs(self) -> None:
        if self._take(1) != b".":
            raise Unreadable("FS")

    def _gs(self) -> None:
        match self._take(1):
            case b"V":
                if self._take(1)[0] not in _PLAIN_CUTS:
                    raise Unreadable("GS V")
            case b"v":
                self._picture()
            case _:
                raise Unreadable("GS")

    def _picture(self) -> None:
        # Nothing moves between two bands: they are one picture on the paper.
        goes_on = self._at - 2 == self._behind_picture
        if self._take(2) != b"0\x00":
            raise Unreadable("GS v")
        stride = int.from_bytes(self._take(2), "little")
        height = int.from_bytes(self._take(2), "little")
        band = Bitmap(8 * stride, height, self._take(stride * height))
        self._behind_picture = self._at
        match self._out[-1:]:
            case [Bitmap() as above] if goes_on and above.width == band.width:
                self._out[-1] = stacked((above, band))
            case _:
                self._out.append(band)
