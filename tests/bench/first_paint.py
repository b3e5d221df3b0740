"""The program as a person starts it, telling when its window was painted first."""

import sys
import time

from ui import options

chosen = options.read(["--store", sys.argv[1], "--sandbox", sys.argv[2]])
assert chosen is not None

from ui import start
from ui.main_window import MainWindow


class Telling(MainWindow):
    """The window with one more listener."""

    def __init__(self) -> None:
        super().__init__()
        self.skeleton.painted.connect(lambda: print(time.monotonic(), flush=True))


start.MainWindow = Telling
sys.exit(start.run(chosen))
