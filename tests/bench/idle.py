"""The program as a person starts it, telling when the till is open and its products are there."""

import sys

from ui import options, start  # isort: skip  first, as in the program: it takes the import hook back

from PySide6.QtCore import QTimer
from typing_extensions import override

from ui.borders import Till
from ui.main_window import MainWindow

chosen = options.read(["--store", sys.argv[1], "--sandbox", sys.argv[2]])
assert chosen is not None


class Telling(MainWindow):
    """The window with one more listener."""

    @override
    def join(self, till: Till) -> None:
        """Tell once the catalogue has come."""
        super().join(till)
        timer = QTimer(self)

        def look() -> None:
            if till.catalog.count and not till.catalog.loading:
                timer.stop()
                print("open", flush=True)

        timer.timeout.connect(look)
        timer.start(100)


start.MainWindow = Telling
sys.exit(start.run(chosen))
