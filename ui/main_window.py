"""The window: painted before anything else is imported; then it stands around the till that was opened.

Imports no screen and no service before the till is opened, so that it can be painted at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from pos_app.i18n import _
from ui import keys
from ui.frame import Frame
from ui.held_keys import HeldKeys
from ui.notices import Notices
from ui.pressing import Pressing
from ui.scanner import Scanner, take_scan
from ui.second_clicks import SecondClicks
from ui.skeleton import Skeleton
from ui.tasks import Tasks
from ui.widgets.parts import named

if TYPE_CHECKING:
    from pos_app.clock import Now
    from pos_app.first_start import Progress
    from ui.borders import FirstStart, Supplying, Till
    from ui.first_start.screen import FirstStartScreen
    from ui.screen import Screen
    from ui.window.open_till import OpenTill
    from ui.window.trouble import Trouble

_NARROW = 1000


class MainWindow(QWidget):
    """The till's window. Closing it sets `closing`; it goes for good once `finish` was called.

    `pressing` knows whether somebody is at the keys.
    """

    closing = Signal()
    opening_wanted = Signal()
    """Try to open the till again, by `way_on`."""
    supplying_of: Callable[[Till], Supplying] | None = None
    """Keeps the card companies' keys of the store that is open; None where nobody may."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, at: Now | None = None) -> None:
        super().__init__()
        named(self, "window", "Countercard")
        self.setWindowTitle("Countercard")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(800, 480))
        self.resize(1280, 800)
        self._clock, self._now = clock, at
        self._open: OpenTill | None = None
        self._first_start: FirstStartScreen | None = None
        self._finished = False
        self._held_keys = HeldKeys(clock, self)
        self.pressing = Pressing(clock, self)
        self._scanner = Scanner(self)
        self._second_clicks = SecondClicks(self)
        # parts
        self.frame = Frame(self)
        self.skeleton = Skeleton()
        self.notices = Notices(self.frame.banner, self._on_full_notice)
        self._tasks = Tasks(self, on_change=self._nothing, on_error=self.notices.show)
        # layout
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.frame)
        self.frame.stack.addWidget(self.skeleton)
        # connections
        self.frame.keys_wanted.connect(self.show_keys)
        self._scanner.scanned.connect(self._on_scanned)

    # --- from outside -------------------------------------------------------------------------------

    def join(self, till: Till) -> None:
        """The till is open: show Sell."""
        from pos_app.clock import now
        from ui.window.open_till import OpenTill
        from ui.window.parts import Parts

        parts = Parts(self, self.frame, self.notices, self._tasks, self.pressing, self._clock)
        self._open = OpenTill(parts, till, self._now or now, partial(self._supplying, till))
        self._open.begin()

    def _supplying(self, till: Till) -> Supplying | None:
        return None if self.supplying_of is None or till.training else self.supplying_of(till)

    def begin_first_start(
        self, service: FirstStart, progress: Progress, *, welcome: bool
    ) -> FirstStartScreen:
        """The shop was not set up yet: show the pages that do it, until `end_first_start`."""
        from ui.first_start.screen import FirstStartScreen

        screen = self._first_start = FirstStartScreen(service, self.notices, clock=self._clock)
        self.frame.set_bare(True)
        self.frame.stack.addWidget(screen)
        self.frame.stack.setCurrentWidget(screen)
        screen.begin(progress, welcome=welcome)
        return screen

    async def end_first_start(self) -> None:
        """The pages go; the till can be opened in their place."""
        if (screen := self._first_start) is None:
            return
        self._first_start = None
        self.notices.put_away()
        self.frame.stack.setCurrentWidget(self.skeleton)
        self.frame.set_bare(False)
        await screen.finish()
        self.frame.stack.removeWidget(screen)
        screen.deleteLater()

    @property
    def way_on(self) -> str:
        """How somebody wants to open a till that could not be opened: `moved`, `look`, or as it is."""
        return self._trouble.way_on if "_trouble" in self.__dict__ else ""

    def tell_trouble(self, error: BaseException, *, can_retry: bool = True) -> None:
        """The till could not be opened: say why across the whole window."""
        self._trouble.tell_not_opened(error, can_retry=can_retry)

    async def finish(self) -> None:
        """Stop looking things up; the next close is for good."""
        if self._open is not None:
            self._open.stop()
        self._tasks.cancel()
        await self._tasks.settle()
        if self._open is not None:
            await self._open.finish()
        self._finished = True

    def end(self) -> None:
        """Begin to close, whatever lies on the screens."""
        self.frame.set_open(False)
        self.skeleton.say(_("Finishing what was begun…"))
        self.frame.stack.setCurrentWidget(self.skeleton)
        self.closing.emit()

    def current(self) -> QWidget | None:
        """The screen one sees."""
        return self.frame.stack.currentWidget()

    # --- keys that are told -------------------------------------------------------------------------

    def show_keys(self) -> None:
        """Show what the keys do here."""
        from ui.screen import Screen
        from ui.sheet import Choice, KeySheet

        screen = self.current()
        if isinstance(screen, Screen):
            everywhere = (
                ((keys.told("keys"), keys.WORDS["keys"]()),) if self._open is None else self._open.help_keys()
            )
            # What a key does on this screen is more than what it does everywhere.
            told = {key for key, _words in screen.key_help()}
            KeySheet(
                self,
                _("Keys on this screen"),
                (*screen.key_help(), *(row for row in everywhere if row[0] not in told)),
                Choice("close", _("Close"), primary=True),
            )

    # --- trouble ------------------------------------------------------------------------------------

    @cached_property
    def _trouble(self) -> Trouble:
        from ui.window.trouble import Trouble

        trouble = Trouble(self.frame, self.notices)
        trouble.left.connect(self._on_trouble_left)
        trouble.close_wanted.connect(self.close)
        return trouble

    def _on_full_notice(self, title: str, what: str, advice: str) -> None:
        self._trouble.tell(title, what, advice)

    def _on_trouble_left(self, behind: Screen | None) -> None:
        if behind is None:
            self.frame.stack.setCurrentWidget(self.skeleton)
            self.opening_wanted.emit()
            return
        # The till is open: whoever was at a screen goes on there, with everything that lay on it.
        self.frame.set_open(self._open is not None)
        self.frame.stack.setCurrentWidget(behind)
        behind.opened()
        behind.refresh("orders")

    def _nothing(self) -> None:
        """The window draws nothing of its own tasks."""

    # --- keys, size, end ----------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if not self._take_key(event):
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent) -> bool:
        from ui.screen import Screen

        screen = self.current()
        if not isinstance(screen, Screen):
            return False
        if event.isAutoRepeat() and event.key() != Qt.Key.Key_Backspace:
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._step_back(screen)
            return True
        if keys.action_of(event) == "keys":
            self.show_keys()
            return True
        return screen.take_key(event) if self._open is None else self._open.take_key(event, screen)

    def _step_back(self, screen: Screen) -> None:
        if self._open is not None:
            self._open.step_back(screen)
        elif self.frame.banner.isVisible():
            self.notices.dismiss()
        else:
            screen.step_back()

    def _on_scanned(self, text: str) -> None:
        """Something was scanned: it goes into the field that asks for it, or where the till puts it."""
        from pos_app.orders.barcode import as_read

        text = as_read(text)
        if take_scan(self.focusWidget(), text):
            return
        if self._open is None:
            self.notices.say(_("Nothing can be scanned before the till is open."))
        else:
            self._open.take_scanned(text)

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """The window has the focus between two screens. Qt would paint all of it for that."""

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Nothing shows that the window itself had the focus."""

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        # There every key comes by before any widget hears of it; installed twice it still is there once.
        self.windowHandle().installEventFilter(self._scanner)
        self.windowHandle().installEventFilter(self._held_keys)
        self.windowHandle().installEventFilter(self._second_clicks)
        # The one installed last is asked first, and hears of what the others take as well.
        self.windowHandle().installEventFilter(self.pressing)

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        # A window that is taken apart must not be listened to any more.
        if self.internalWinId():
            self.windowHandle().removeEventFilter(self.pressing)
            self.windowHandle().removeEventFilter(self._second_clicks)
            self.windowHandle().removeEventFilter(self._held_keys)
            self.windowHandle().removeEventFilter(self._scanner)
        super().hideEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self.frame.set_compact(event.size().width() < _NARROW)
        super().resizeEvent(event)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            if self._open is not None:
                self._open.stage.hide_codes()
            if self._first_start is not None:
                self._first_start.hide_codes()
        super().changeEvent(event)

    @override
    def closeEvent(self, event: QCloseEvent, /) -> None:
        if self._finished:
            event.accept()
            return
        event.ignore()
        if self._open is None:
            self.end()
        else:
            self._open.let_close(self.end)
