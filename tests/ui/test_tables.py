"""The table model: Qt's own tester, paging, replacing."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.tables import Column, Rows


def _rows(asked: list[int | None]) -> Rows[int]:
    columns: tuple[Column[int], ...] = (
        Column("Number", str),
        Column("Twice", lambda row: str(2 * row), right=True),
    )
    return Rows(columns, asked.append)


def test_it_is_a_model_as_qt_wants_it(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = _rows([])
    model.begin()
    model.add([1, 2, 3], more=True)
    qtmodeltester.check(model, force_py=True)  # pyright: ignore[reportUnknownMemberType]


def test_pages_are_asked_for_once_each_by_the_last_row(qtbot: QtBot) -> None:
    asked: list[int | None] = []
    model = _rows(asked)
    assert not model.canFetchMore(QModelIndex())
    model.begin()
    assert asked == [None]
    assert not model.canFetchMore(QModelIndex()), "one page at a time"
    model.add([1, 2], more=True)
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert asked == [None, 2]
    model.failed()
    model.fetchMore(QModelIndex())
    assert asked == [None, 2, 2]
    model.add([3], more=False)
    assert model.rows() == (1, 2, 3)
    assert not model.canFetchMore(QModelIndex())


def test_what_is_shown_and_where(qtbot: QtBot) -> None:
    model = _rows([])
    model.begin()
    model.add([21], more=False)
    index = model.index(0, 1)
    assert model.data(index) == "42"
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "Twice: 42"
    assert model.data(model.index(5, 0)) is None
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Number"


def test_replacing_as_many_rows_keeps_the_place(qtbot: QtBot) -> None:
    model = _rows([])
    model.begin()
    model.add([1, 2], more=False)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged, timeout=60_000):
        model.replace([3, 4], more=False)
    with qtbot.assertNotEmitted(model.dataChanged):
        model.replace([3, 4], more=False)
    with qtbot.waitSignal(model.modelReset, timeout=60_000):
        model.replace([3], more=True)
    assert model.rows() == (3,)
