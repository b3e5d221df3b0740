"""A printer's device file, as Linux has one for each USB printer: opened raw, every wait with a limit."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from typing import Final

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing.cabled import Cable

_GONE: Final = frozenset({errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR, errno.EIO})
_TAKEN: Final = frozenset({errno.EBUSY, errno.EAGAIN})
_MOST: Final = 64
_PAUSE: Final = 0.02


def open_device(path: str) -> Cable:
    """The device file `path`, open for this program alone.

    Raises DeviceProblem: "no_printer" (none is named), "device_missing", "device_not_allowed", "device_busy",
    "device_wrong" (it is no device: codes are never written into a plain file by mistake).
    """
    if not path:
        raise DeviceProblem("no_printer")
    if os.name != "posix":
        # There is nothing of the kind: Windows has its printers in queues and at serial ports.
        raise DeviceProblem("device_wrong", printer=path)
    try:
        return _opened(path)
    except PermissionError:
        raise DeviceProblem("device_not_allowed", printer=path) from None
    except OSError as error:
        if error.errno in _TAKEN:
            raise DeviceProblem("device_busy", printer=path) from None
        reason = "device_missing" if error.errno in _GONE else "device_wrong"
        raise DeviceProblem(reason, printer=path) from None


def _opened(path: str) -> Cable:
    import fcntl

    kind = os.stat(path).st_mode  # noqa: PTH116  a device, not a file one has a use for
    if not (stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)):
        raise DeviceProblem("device_wrong", printer=path)
    flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    # A pipe opened for both would give us back what we wrote.
    handle = os.open(path, flags | (os.O_WRONLY if stat.S_ISFIFO(kind) else os.O_RDWR))
    try:
        if stat.S_ISCHR(kind):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_line = os.isatty(handle)
        if is_line:
            _make_raw(handle)
    except BaseException:
        os.close(handle)
        raise
    return _DeviceFile(handle, is_line=is_line, can_read=not stat.S_ISFIFO(kind))


def _make_raw(handle: int) -> None:
    """Have the line translate none of our bytes and echo none of the printer's."""
    import termios
    import tty

    try:
        tty.setraw(handle)
    except termios.error as error:
        raise OSError(*error.args) from None


class _DeviceFile(Cable):
    """An open device file."""

    def __init__(self, handle: int, *, is_line: bool, can_read: bool) -> None:
        self._handle = handle
        self._is_line = is_line
        self._can_read = can_read

    @override
    def write(self, data: bytes, seconds: float) -> None:
        until = time.monotonic() + seconds
        left = data
        while left:
            try:
                left = left[os.write(self._handle, left) :]
            except BlockingIOError:
                if not self._is_writable(until - time.monotonic()):
                    raise TimeoutError from None

    @override
    def read(self, seconds: float) -> bytes:
        if not self._can_read:
            return b""
        readable, _writable, _failed = select.select([self._handle], [], [], seconds)
        if not readable:
            return b""
        try:
            got = os.read(self._handle, _MOST)
        except BlockingIOError:
            return b""
        if not got:
            if self._is_line:
                raise ConnectionResetError
            # Some USB printers end each look with nothing at all: that is silence, not the end.
            select.select([], [], [], min(seconds, _PAUSE))
        return got

    @override
    def drained(self, seconds: float) -> bool:
        if not self._is_line:
            # It can take more only when the last bytes have gone over the cable.
            return self._is_writable(seconds)
        until = time.monotonic() + seconds
        while self._waiting():
            if time.monotonic() > until:
                return False
            select.select([], [], [], _PAUSE)
        return True

    @override
    def close(self, *, drop: bool) -> None:
        import termios

        try:
            if self._is_line and drop:
                # The system would wait half a minute for them to leave.
                termios.tcflush(self._handle, termios.TCOFLUSH)
        except termios.error:
            # Unplugged: nothing leaves any more.
            pass
        finally:
            os.close(self._handle)

    def _is_writable(self, seconds: float) -> bool:
        _readable, writable, _failed = select.select([], [self._handle], [], max(0.0, seconds))
        return bool(writable)

    def _waiting(self) -> int:
        """How many bytes have not left this computer."""
        import fcntl
        import struct
        import termios

        return struct.unpack("i", fcntl.ioctl(self._handle, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
