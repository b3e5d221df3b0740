"""Papers as text, letter by letter. After a wanted change: COUNTERCARD_WRITE_GOLDEN=1 python -m pytest ..."""

from __future__ import annotations

import pytest

from pos_app.printing import text
from tests.printing.golden import GOLDEN, compared
from tests.printing.papers import PAPERS


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_reads_as_it_was_approved(name: str, columns: int) -> None:
    compared(GOLDEN / f"{name}-{columns}.txt", text.render(PAPERS[name](), columns))


def test_no_golden_file_is_left_from_a_paper_that_is_gone() -> None:
    wanted = {f"{name}-{columns}.txt" for name in PAPERS for columns in (32, 42, 48)}
    assert {file.name for file in GOLDEN.glob("*.txt")} == wanted
