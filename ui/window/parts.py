"""What the window has before a till is open, for those who join it later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.frame import Frame
    from ui.notices import Notices
    from ui.pressing import Pressing
    from ui.screen import Clock
    from ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Parts:
    """The window itself, over which questions are asked, and what it is made of."""

    window: QWidget
    frame: Frame
    notices: Notices
    tasks: Tasks
    pressing: Pressing
    clock: Clock
