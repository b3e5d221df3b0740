"""The print service of Windows, through pywin32 where it is installed: papers go as a printer's own bytes."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

from typing_extensions import override

from pos_app.errors import DeviceProblem
from pos_app.printing.system_queue import Content, Job, Queue, Spooler

T = TypeVar("T")
_SECONDS: Final = 4.0
_LOCAL_AND_CONNECTED: Final = 2 | 4
_LEVEL: Final = 2

_PAUSED, _ERROR, _JAM, _PAPER_OUT, _OFFLINE, _NOT_AVAILABLE, _DOOR_OPEN = (
    0x1,
    0x2,
    0x8,
    0x10,
    0x80,
    0x1000,
    0x400000,
)
# The gravest first.
_REASONS: Final = (
    (_PAUSED, "queue_stopped"),
    (_DOOR_OPEN, "cover_open"),
    (_PAPER_OUT, "no_paper"),
    (_ERROR | _JAM, "printer_error"),
    (_OFFLINE | _NOT_AVAILABLE, "printer_offline"),
)

_JOB_PRINTING, _JOB_DELETING, _JOB_PRINTED, _JOB_DELETED, _JOB_COMPLETE = 0x10, 0x4, 0x80, 0x100, 0x1000
_PAUSE, _DELETE = 1, 5
_INVALID_PARAMETER: Final = 87
_INVALID_NAME: Final = 1801


class WindowsSpooler(Spooler):
    """The queues of Windows. `api` is pywin32's `win32print`.

    Windows has no pages to hand over without a painter of its own, so every queue is taken for a receipt
    printer's.
    """

    def __init__(self, api: Any = None) -> None:
        self._api = api
        self._open: dict[int, Any] = {}
        self._withdrawn: dict[int, bool] = {}

    @override
    async def queues(self) -> tuple[Queue, ...]:
        found = await self._ask(lambda api: api.EnumPrinters(_LOCAL_AND_CONNECTED, None, _LEVEL))
        return tuple(sorted((_queue(one) for one in found), key=lambda queue: queue.name))

    @override
    async def look(self, name: str) -> Queue:
        return _queue(await self._with(name, lambda api, handle: api.GetPrinter(handle, _LEVEL)))

    @override
    async def begin(self, name: str, content: Content, title: str) -> int:
        def announced(api: Any) -> int:
            handle = api.OpenPrinter(name)
            try:
                number = int(api.StartDocPrinter(handle, 1, (title, None, "RAW")))
            except BaseException:
                api.ClosePrinter(handle)
                raise
            self._open[number] = handle
            return number

        return await self._ask(announced, name)

    @override
    async def hand_over(self, name: str, number: int, content: Content, job: bytes) -> None:
        def hand_over(api: Any) -> None:
            handle = self._open.pop(number)
            try:
                api.StartPagePrinter(handle)
                api.WritePrinter(handle, job)
                api.EndPagePrinter(handle)
                api.EndDocPrinter(handle)
            finally:
                api.ClosePrinter(handle)

        await self._ask(hand_over, name)

    @override
    async def job(self, name: str, number: int) -> Job:
        status = await self._with(name, lambda api, handle: _status(api, handle, number))
        began = self._withdrawn.get(number, True)
        if status is None:
            # Windows keeps no paper that is through.
            return Job("given_up" if number in self._withdrawn else "printed", began=began)
        if status & (_JOB_PRINTED | _JOB_COMPLETE):
            return Job("printed", began=True)
        if status & (_JOB_DELETED | _JOB_DELETING):
            return Job("given_up", began=began)
        return Job("on_its_way", began=bool(status & _JOB_PRINTING))

    @override
    async def withdraw(self, name: str, number: int) -> None:
        def take_out(api: Any, handle: Any) -> None:
            # Held first: what has not begun by then never does.
            api.SetJob(handle, number, 0, None, _PAUSE)
            status = _status(api, handle, number)
            if status is not None:
                self._withdrawn[number] = bool(status & _JOB_PRINTING)
                api.SetJob(handle, number, 0, None, _DELETE)

        await self._with(name, take_out)

    @override
    async def forget(self, name: str, number: int) -> None:
        # Windows deletes what is through or out by itself; only what was never handed over is still held.
        self._withdrawn.pop(number, None)
        handle = self._open.pop(number, None)
        if handle is not None:
            await self._ask(lambda api: api.ClosePrinter(handle), name)

    async def _with(self, name: str, act: Callable[[Any, Any], T]) -> T:
        def opened(api: Any) -> T:
            handle = api.OpenPrinter(name)
            try:
                return act(api, handle)
            finally:
                api.ClosePrinter(handle)

        return await self._ask(opened, name)

    async def _ask(self, act: Callable[[Any], T], name: str = "") -> T:
        try:
            async with asyncio.timeout(_SECONDS):
                return await asyncio.to_thread(lambda: act(self._loaded()))
        except (DeviceProblem, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001  any of them says that it did not work
            # pywin32's own error is no OSError; its first argument is the number Windows gives.
            missing = error.args[:1] == (_INVALID_NAME,)
            raise DeviceProblem("queue_missing" if missing else "spooler_gone", printer=name) from None

    def _loaded(self) -> Any:
        if self._api is None:
            self._api = importlib.import_module("win32print")
        return self._api


def _status(api: Any, handle: Any, number: int) -> int | None:
    """The flags of a job; None when there is no such job any more."""
    try:
        return int(api.GetJob(handle, number, 1)["Status"])
    except Exception as error:
        if error.args[:1] != (_INVALID_PARAMETER,):
            raise
        return None


def _queue(found: dict[str, Any]) -> Queue:
    name, status = str(found["pPrinterName"]), int(found["Status"])
    reason = next((reason for flags, reason in _REASONS if status & flags), None)
    return Queue(name, name, is_raw=True, tells=False, reason=reason)
