"""Drawing on a worker thread while the window goes on."""

from __future__ import annotations

import threading
import time
from typing import Final

_TURN: Final = 0.0001


def let_others_have_theirs() -> None:
    """On a worker thread: leave the interpreter for long enough that the window's thread gets it.

    Between two calls into Qt it is free for some microseconds. Whoever waits for it is woken then, comes too
    late, and waits anew, for 15 ms in a row; how long a turn is counts only where nobody lets go of it.
    Nothing to do on the window's own thread.
    """
    if threading.current_thread() is not threading.main_thread():
        time.sleep(_TURN)
