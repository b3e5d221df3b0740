"""What was left while it waited, and has ended since: said until a person has heard it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pos_app.i18n import _, ngettext
from ui.widgets.banner import Banner, Tone

_WORST: Final[tuple[Tone, ...]] = ("danger", "warn", "ok", "info")
_MOST_LINES: Final = 3
_LOW: Final = 620
"""Pixels of a window that has room for one line and how many more there are."""


@dataclass(frozen=True, slots=True)
class News:
    """What became of one sale, what to do now, and the button that goes there."""

    tone: Tone
    what: str
    advice: str
    action: str
    act: Callable[[], None]


class LeftBehind:
    """Keeps in `banner` what has ended of what was left; `show_orders` is where several are looked at."""

    def __init__(self, banner: Banner, show_orders: Callable[[], None]) -> None:
        self._banner, self._show_orders = banner, show_orders
        self._news: dict[str, News] = {}
        banner.kept_put_away.connect(self._news.clear)

    def tell(self, about: str, news: News) -> None:
        """Say `news`, in the place of what was said `about` the same sale before."""
        self._news.pop(about, None)
        self._news[about] = news
        if len(self._news) == 1:
            self._banner.keep(news.what, news.advice, news.tone, news.action, news.act)
            return
        # The newest first: that is what is new.
        told = [one.what for one in reversed(self._news.values())]
        room = _MOST_LINES if self._banner.window().height() >= _LOW else 1
        more, lines = len(told) - room, told[:room]
        if more > 0:
            lines.append(ngettext("And {n} more.", "And {n} more.", more).format(n=more))
        worst = min(self._news.values(), key=lambda one: _WORST.index(one.tone))
        self._banner.keep("\n".join(lines), "", worst.tone, _("Orders"), self._show_orders)

    def heard(self) -> None:
        """Somebody goes where all of it can be seen."""
        if self._news:
            self._banner.forget_kept()
