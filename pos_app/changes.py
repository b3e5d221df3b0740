"""What kinds of thing have moved, for whoever shows them: a counter per topic and one subscriber."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Topic = Literal["orders", "products", "connections", "printer", "late", "settings", "reading"]
"""What can move. `late`: codes that were late have come. `reading`: how far a list was read."""


class Changes:
    """Counts moves by topic. A screen compares the count it last drew with the one of now."""

    def __init__(self) -> None:
        self._steps: dict[Topic, int] = {}
        self._subscriber: Callable[[Topic], None] | None = None

    def subscribe(self, subscriber: Callable[[Topic], None]) -> None:
        """Call `subscriber` after each announcement; there is one, the window."""
        self._subscriber = subscriber

    def unsubscribe(self) -> None:
        """Call nobody any more: the window is going, and what still moves is the register's business."""
        self._subscriber = None

    def announce(self, topic: Topic) -> None:
        """Something of the kind `topic` has moved."""
        self._steps[topic] = self.step(topic) + 1
        if self._subscriber is not None:
            self._subscriber(topic)

    def step(self, topic: Topic) -> int:
        """How often `topic` has moved since the start."""
        return self._steps.get(topic, 0)
