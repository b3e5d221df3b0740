"""The only door by which an error meets a person, and the net under everything nobody foresaw."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from pos_app.errors import NotAllowed, PosError, StoreProblem
from pos_app.i18n import _
from ui.widgets.banner import Banner, Tone

_log = logging.getLogger(__name__)


class Notices:
    """Says in the banner, or across the whole window, what happened and what to do now."""

    def __init__(self, banner: Banner, full_window: Callable[[str, str, str], None]) -> None:
        self._banner = banner
        self._full_window = full_window

    def show(self, error: BaseException, retry: Callable[[], None] | None = None) -> None:
        """Say what `error` means; with `retry` there is a button that does it again."""
        if not isinstance(error, PosError):
            self.crash(error)
            return
        from pos_app.messages import explain

        message = explain(error)
        if isinstance(error, StoreProblem):
            self._full_window(message.title, message.what, message.advice)
            return
        tone: Tone = "warn" if isinstance(error, NotAllowed) else "danger"
        what = f"{message.title}. {message.what}".strip()
        self._banner.tell(what, message.advice, tone, _("Try again") if retry else "", retry)

    def say(self, what: str, advice: str = "", tone: Tone = "info") -> None:
        """Say something that is no error."""
        self._banner.tell(what, advice, tone)

    def put_away(self) -> None:
        """What was said is settled; what is kept stays."""
        self._banner.put_away()

    def dismiss(self) -> None:
        """A person has read what was said."""
        self._banner.dismiss()

    def crash(self, error: BaseException) -> None:
        """Something nobody foresaw: a number for whoever looks into the log, and calm words.

        The log gets the kind of error and the places in the code, never its text: that could hold a secret.
        """
        from pos_app.clock import new_id

        number = new_id()[:8].upper()
        _log.error("incident %s: %s at %s", number, type(error).__name__, _places(error))
        self._banner.tell(
            _("Something went wrong inside Countercard (incident {number}).").format(number=number),
            _(
                "No money is lost: look under Orders before you do it again,"
                " and give this number to whoever looks after the till."
            ),
            "danger",
        )

    def catch_everything(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Be told of every error nobody caught, in slots and in tasks; returns how to stop that."""
        before = sys.excepthook

        def from_slot(
            kind: type[BaseException], error: BaseException, where: TracebackType | None, /
        ) -> None:
            if isinstance(error, KeyboardInterrupt):
                before(kind, error, where)
                return
            self.crash(error)

        def from_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception")
            if isinstance(error, Exception):
                self.crash(error)
            else:
                _log.error("event loop: %s", type(error).__name__)

        def stop() -> None:
            sys.excepthook = before
            loop.set_exception_handler(None)

        sys.excepthook = from_slot
        loop.set_exception_handler(from_task)
        return stop


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
