from __future__ import annotations

import pytest

from pos_app.printing.document import Document
from tests.printing.papers import PAPERS


@pytest.fixture(params=sorted(PAPERS.keys() - {"page"}))
def paper(request: pytest.FixtureRequest) -> Document:
    """Each of the sample papers in turn; but for the page that tries letters printers may lack."""
    return PAPERS[request.param]()
