"""Who shows something learns that it moved, and which kind of thing it was."""

from __future__ import annotations

from pos_app.changes import Changes, Topic


def test_each_topic_counts_for_itself() -> None:
    changes = Changes()
    changes.announce("orders")
    changes.announce("orders")
    changes.announce("printer")
    assert [changes.step(topic) for topic in ("orders", "printer", "products")] == [2, 1, 0]


def test_the_subscriber_sees_the_count_already_moved() -> None:
    changes = Changes()
    seen: list[tuple[Topic, int]] = []
    changes.announce("orders")
    changes.subscribe(lambda topic: seen.append((topic, changes.step(topic))))
    changes.announce("orders")
    changes.announce("connections")
    assert seen == [("orders", 2), ("connections", 1)]
