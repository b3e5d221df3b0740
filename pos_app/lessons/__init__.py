"""The lessons of training mode. A new one is a file here and a line in `LESSONS`."""

from __future__ import annotations

from typing import Final

from pos_app.lessons import by_email, dead_printer, first_sale, late_codes, refusal, silence
from pos_app.lessons.lesson import Lesson

LESSONS: Final[tuple[Lesson, ...]] = (
    first_sale.LESSON,
    refusal.LESSON,
    late_codes.LESSON,
    silence.LESSON,
    dead_printer.LESSON,
    by_email.LESSON,
)
