"""This computer's print service, and the printers one could print on. Listing has a limit."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

from pos_app.errors import DeviceProblem
from pos_app.printing.system_queue import Queue, Spooler

T = TypeVar("T")
LIST_SECONDS: Final = 3.0
_DEVICES: Final = Path("/dev/usb")


@dataclass(frozen=True, slots=True)
class Found:
    """A printer, or a port at which there may be one.

    `name` is what settings.Paper calls it: its `queue`, or its `device` (for `serial` too). `title` is for
    people.
    """

    printer: Literal["queue", "device", "serial"]
    name: str
    title: str


def system_spooler() -> Spooler:
    """The print service of the system we run on."""
    if os.name == "nt":
        from pos_app.printing.windows_spooler import WindowsSpooler

        return WindowsSpooler()
    from pos_app.printing.cups import CupsSpooler

    return CupsSpooler()


async def list_printers(
    seconds: float = LIST_SECONDS, spooler: Spooler | None = None, devices: Path = _DEVICES
) -> tuple[Found, ...]:
    """Every queue, USB printer and serial port of this computer. What does not answer in time is left out.

    Only for choosing: a till prints on the printer it remembers without looking for it.
    """
    queues, usb, ports = await asyncio.gather(
        _in_time((spooler or system_spooler()).queues(), seconds),
        _in_time(asyncio.to_thread(_device_files, devices), seconds),
        _in_time(asyncio.to_thread(_serial_ports), seconds),
    )
    return (*(_found(queue) for queue in queues), *usb, *ports)


async def _in_time(asking: Awaitable[tuple[T, ...]], seconds: float) -> tuple[T, ...]:
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except (DeviceProblem, TimeoutError, OSError):
        return ()


def _found(queue: Queue) -> Found:
    return Found("queue", queue.name, queue.title)


def _device_files(folder: Path) -> tuple[Found, ...]:
    return tuple(Found("device", str(path), path.name) for path in sorted(folder.glob("lp*")))


def _serial_ports() -> tuple[Found, ...]:
    from serial.tools import list_ports

    return tuple(Found("serial", port.device, port.description) for port in sorted(list_ports.comports()))
