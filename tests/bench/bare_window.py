"""The floor: the least window that Qt and qasync can paint, with as many widgets as a simple form has."""

import asyncio
import sys
import time

import qasync
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QTableWidget, QVBoxLayout, QWidget
from typing_extensions import override


class Bare(QWidget):
    """Tells when it was painted first, and that is all."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        for number in range(5):
            layout.addWidget(QLabel(f"label {number}"))
            layout.addWidget(QLineEdit())
            layout.addWidget(QPushButton(f"button {number}"))
        layout.addWidget(QTableWidget(5, 4))
        self.resize(1280, 800)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Told once; the parent process then ends this one."""
        super().paintEvent(event)
        print(time.monotonic(), flush=True)


async def main() -> None:
    window = Bare()
    window.show()
    await asyncio.Event().wait()


app = QApplication(sys.argv)
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(main())
