"""Trouble that is told across the whole window, and the ways on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pos_app.errors import PosError
from pos_app.i18n import _
from pos_app.messages import explain
from ui.screen import Screen
from ui.widgets.notice_page import NoticePage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.frame import Frame
    from ui.notices import Notices


class Trouble(QObject):
    """A page in the place of all screens.

    `left` is emitted when somebody wants to go on: back to the screen that stood there, which is its
    argument, or None where there was none. `way_on` is how they want to open the till: empty for as it is.
    """

    left = Signal(object)
    close_wanted = Signal()

    def __init__(self, frame: Frame, notices: Notices) -> None:
        super().__init__(frame)
        self._frame, self._notices = frame, notices
        self._behind: QWidget | None = None
        self.way_on = ""
        self._page = NoticePage()
        self._page.again_wanted.connect(self._on_again_wanted)
        self._page.way_chosen.connect(self._go_on)
        self._page.close_wanted.connect(self.close_wanted)
        frame.stack.addWidget(self._page)

    def tell_not_opened(self, error: BaseException, *, can_retry: bool = True) -> None:
        """The till could not be opened: say why."""
        if not isinstance(error, PosError):
            self._notices.crash(error)
            self._show(
                _("The till could not be opened"),
                _("Something went wrong inside Countercard."),
                _("Try again. If it stays like this, give the number below to whoever looks after the till."),
                can_retry=can_retry,
            )
            return
        message = explain(error)
        self._show(message.title, message.what, message.advice, can_retry=can_retry)
        if error.reason == "elsewhere":
            self._page.offer(("moved", _("It was moved: sell from here")), ("look", _("Only look at it")))

    def tell(self, title: str, what: str, advice: str) -> None:
        """Say what keeps everything from going on, in front of the screen one is at."""
        standing = self._frame.stack.currentWidget()
        if standing is not self._page:
            self._behind = standing
        self._show(title, what, advice, can_retry=self._behind is not None)

    def _show(self, title: str, what: str, advice: str, *, can_retry: bool) -> None:
        self._frame.set_open(False)
        self._frame.stack.setCurrentWidget(self._page)
        self._page.tell(title, what, advice, can_retry=can_retry)

    def _on_again_wanted(self) -> None:
        self._go_on("")

    def _go_on(self, way: str) -> None:
        self.way_on = way
        self._notices.put_away()
        behind, self._behind = self._behind, None
        self.left.emit(behind if isinstance(behind, Screen) else None)
