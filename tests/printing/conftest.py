from __future__ import annotations

import pytest

from pos_app.printing.document import Document
from tests.printing.papers import PAPERS


@pytest.fixture(params=sorted(PAPERS))
def paper(request: pytest.FixtureRequest) -> Document:
    """Each of the sample papers in turn."""
    return PAPERS[request.param]()
