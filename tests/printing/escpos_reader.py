"""What a receipt printer would make of a stream of bytes: an interpreter of the commands we may send.

Written from the printers' command references, not from what encodes: an unknown command is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import zxingcpp
from PIL import Image

_DOTS: Final = tuple(bytes(0 if byte >> bit & 1 else 255 for bit in range(7, -1, -1)) for byte in range(256))
"""The eight dots of each byte of a picture."""

_OURS: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])

# ESC t n. Epson's numbers, and where Zjiang's differ.
EPSON: Final = {
    0: "cp437", 2: "cp850", 13: "cp857", 14: "cp737", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858",
    33: "cp775", 34: "cp855", 40: "iso8859-15", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254",
    51: "cp1257",
}  # fmt: skip
ZJIANG: Final = EPSON | {
    25: "cp1257", 60: "cp855", 61: "cp857", 64: "cp737", 72: "cp1250", 73: "cp1251", 90: "cp1253",
    91: "cp1254", 95: "cp775",
}  # fmt: skip


@dataclass(frozen=True)
class PrintedLine:
    text: str = field(repr=False)
    bold: bool
    tall: bool
    wide: bool

    @property
    def columns(self) -> int:
        return len(self.text) * (2 if self.wide else 1)


@dataclass(frozen=True)
class PrintedQR:
    payload: str = field(repr=False)
    module: int
    centred: bool


@dataclass(frozen=True)
class Picture:
    """`rows` hold one byte for each dot: 0 is black, 255 white."""

    width: int
    rows: tuple[bytes, ...] = field(repr=False)
    centred: bool

    @property
    def image(self) -> Image.Image:
        return Image.frombytes("L", (self.width, len(self.rows)), b"".join(self.rows))

    def scanned(self) -> list[str]:
        """What a telephone reads from it, but for a shop's bars, which it sees in rows of equal letters."""
        return [code.text for code in zxingcpp.read_barcodes(self.image, formats=_OURS)]


@dataclass(frozen=True)
class Fed:
    lines: int


@dataclass(frozen=True)
class Severed:
    partially: bool


@dataclass(frozen=True)
class DrawerOpened:
    pin: int


@dataclass(frozen=True)
class Started:
    pass


Event = PrintedLine | PrintedQR | Picture | Fed | Severed | DrawerOpened | Started


class UnknownCommandError(Exception):
    pass


class Reader:
    """Reads a whole job. Use `read`."""

    def __init__(self, job: bytes, pages: Mapping[int, str]) -> None:
        self._job = job
        self._pages = pages
        self._at = 0
        self._events: list[Event] = []
        self._line = ""
        self._page = "cp437"
        self._bold = self._tall = self._wide = self._centred = self._chinese = False
        self._qr_module = 3
        self._qr_payload = b""

    def read(self) -> list[Event]:
        commands: dict[int, Callable[[], None]] = {0x1B: self._esc, 0x1D: self._gs, 0x1C: self._fs}
        while self._at < len(self._job):
            byte = self._take(1)[0]
            if byte in commands:
                commands[byte]()
            elif byte == 0x0A:
                self._end_line()
            elif byte < 0x20:
                raise UnknownCommandError(f"control {byte:#x}")
            else:
                self._line += bytes([byte]).decode(self._page)
        if self._line:
            raise UnknownCommandError("a line without an end stays in the printer")
        return self._events

    def _take(self, count: int) -> bytes:
        taken = self._job[self._at : self._at + count]
        if len(taken) < count:
            raise UnknownCommandError("the job ends inside a command")
        self._at += count
        return taken

    def _end_line(self) -> None:
        self._events.append(PrintedLine(self._line, self._bold, self._tall, self._wide))
        self._line = ""

    def _esc(self) -> None:
        command = self._take(1)
        if command == b"@":
            self._events.append(Started())
            return
        value = self._take(1)[0]
        match command:
            case b"!":
                self._bold = bool(value & 0x08)
                self._tall = bool(value & 0x10)
                self._wide = bool(value & 0x20)
            case b"E":
                self._bold = bool(value & 1)
            case b"a":
                self._centred = value in (1, ord("1"))
            case b"t":
                self._page = self._pages[value]
            case b"d":
                self._events.append(Fed(value))
            case b"p":
                self._take(2)
                self._events.append(DrawerOpened(5 if value in (1, ord("1")) else 2))
            case _:
                raise UnknownCommandError(f"ESC {command!r}")

    def _fs(self) -> None:
        if self._take(1) != b".":
            raise UnknownCommandError("FS")

    def _gs(self) -> None:
        command = self._take(1)
        match command:
            case b"V":
                self._cut(self._take(1)[0])
            case b"(":
                if self._take(1) != b"k":
                    raise UnknownCommandError("GS (")
                self._symbol(self._take(int.from_bytes(self._take(2), "little")))
            case b"v":
                self._picture()
            case _:
                raise UnknownCommandError(f"GS {command!r}")

    def _cut(self, mode: int) -> None:
        if mode not in (0, 1, 48, 49):
            raise UnknownCommandError("GS V")
        self._events.append(Severed(partially=mode in (1, 49)))

    def _symbol(self, data: bytes) -> None:
        kind, function, parameters = data[0], data[1], data[2:]
        if kind != ord("1"):
            raise UnknownCommandError("a symbol that is no QR code")
        match function:
            case 65 | 69:
                pass
            case 67:
                self._qr_module = parameters[0]
            case 80:
                self._qr_payload = parameters[1:]
            case 81:
                payload = self._qr_payload.decode("utf-8")
                self._events.append(PrintedQR(payload, self._qr_module, self._centred))
            case _:
                raise UnknownCommandError(f"QR function {function}")

    def _picture(self) -> None:
        if self._take(2) != b"0\x00":
            raise UnknownCommandError("GS v")
        width = int.from_bytes(self._take(2), "little")
        height = int.from_bytes(self._take(2), "little")
        rows = tuple(b"".join(_DOTS[byte] for byte in self._take(width)) for _ in range(height))
        match self._events[-1:]:
            case [Picture() as above] if (above.width, above.centred) == (width * 8, self._centred):
                # Sent in bands, and one picture on the paper: nothing moves between them.
                self._events[-1] = Picture(above.width, above.rows + rows, above.centred)
            case _:
                self._events.append(Picture(width * 8, rows, self._centred))


def read(job: bytes, pages: Mapping[int, str] = EPSON) -> list[Event]:
    """Everything that happens at the printer. Raises UnknownCommandError for what we must never send."""
    return Reader(job, pages).read()


def scanned(events: list[Event]) -> list[str]:
    """What a telephone reads from the paper, whether the printer or we have made the symbol."""
    found: list[str] = []
    for event in events:
        match event:
            case PrintedQR():
                found.append(event.payload)
            case Picture():
                found += event.scanned()
            case _:
                continue
    return found
