"""The two things that differ on every run: the time and fresh ids. Everybody is given them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Gives the present instant, in UTC."""

NewId = Callable[[], str]
"""Gives an id nobody has had before: 32 hexadecimal digits."""


def now() -> datetime:
    """The present instant by this machine's clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place that asks the machine


def new_id() -> str:
    """A random id (UUID 4) of 32 hexadecimal digits."""
    return uuid.uuid4().hex  # noqa: TID251  the one place that asks the machine
