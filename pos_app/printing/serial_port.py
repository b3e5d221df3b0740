"""A printer at a serial port, through pyserial; its calls block, so they are made on a worker thread."""

from __future__ import annotations

import errno
import threading
import time
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing.cabled import Cable

if TYPE_CHECKING:
    from serial import Serial

_NOT_ALLOWED: Final = frozenset({errno.EACCES, errno.EPERM})
_TAKEN: Final = frozenset({errno.EBUSY, errno.EAGAIN})
_NO_PORT: Final = frozenset({errno.ENOTTY, errno.EINVAL, errno.EISDIR})
_PAUSE: Final = 0.02


def open_port(port: str, baud: int) -> Cable:
    """The serial port `port` at `baud` bits a second, eight bits, no parity, open for this program alone.

    Raises DeviceProblem: "no_printer" (none is named), "device_missing", "device_not_allowed", "device_busy",
    "device_wrong" (it is no serial port).
    """
    if not port:
        raise DeviceProblem("no_printer")
    import serial

    try:
        return _Port(serial.Serial(port, baud, exclusive=True))
    except ValueError:
        raise DeviceProblem("device_wrong", printer=port) from None
    except OSError as error:
        raise DeviceProblem(_reason(error), printer=port) from None


def _reason(error: OSError) -> str:
    if error.errno in _TAKEN or (error.errno is None and "PermissionError" in str(error)):
        # Windows has one word for "not yours" and "somebody has it", and it is nearly always the latter.
        return "device_busy"
    if error.errno in _NOT_ALLOWED:
        return "device_not_allowed"
    # pyserial has no number for what opens and is no port.
    is_no_port = error.errno in _NO_PORT or (error.errno is None and "configure" in str(error))
    return "device_wrong" if is_no_port else "device_missing"


class _Port(Cable):
    """An open serial port. pyserial's errors are OSErrors; one of them says that time was up."""

    def __init__(self, port: Serial) -> None:
        self._port = port

    @override
    def write(self, data: bytes, seconds: float) -> None:
        import serial

        self._port.write_timeout = seconds
        try:
            self._port.write(data)
        except serial.SerialTimeoutException:
            raise TimeoutError from None

    @override
    def read(self, seconds: float) -> bytes:
        self._port.timeout = seconds
        got = self._port.read(1)
        return got + self._port.read(self._port.in_waiting) if got else got

    @override
    def drained(self, seconds: float) -> bool:
        # Its own way to wait for that has no limit.
        until = time.monotonic() + seconds
        while self._port.out_waiting:
            if time.monotonic() > until:
                return False
            threading.Event().wait(_PAUSE)
        return True

    @override
    def close(self, *, drop: bool) -> None:
        try:
            if drop:
                # The system would wait half a minute for them to leave.
                self._port.reset_output_buffer()
        except Exception:  # noqa: BLE001, S110  cut: whatever pyserial makes of that, there is nothing to drop
            pass
        finally:
            self._port.close()
