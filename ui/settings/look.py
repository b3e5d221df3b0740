"""The page for the window's own looks: theme and language."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtWidgets import QApplication
from typing_extensions import override

from pos_app import i18n
from pos_app.i18n import _
from ui import theme
from ui.borders import Preferring
from ui.screen import Clock
from ui.settings.page import Page
from ui.widgets.entry import ChoiceEntry


class LookPage(Page):
    """How the till looks and speaks."""

    def __init__(self, preferences: Preferring, clock: Clock = time.monotonic) -> None:
        super().__init__("look_page", _("Look"), _("How this till looks to whoever stands at it."), clock)
        self._preferences = preferences
        looks = {"light": _("Light"), "dark": _("Dark"), "contrast": _("High contrast")}
        self.body.addWidget(self.add("theme", ChoiceEntry("set_theme", _("Theme"), looks)))
        spoken = i18n.languages()
        if len(spoken) > 1:
            names = {code: i18n.own_name(code) for code in spoken}
            language = self.add("language", ChoiceEntry("set_language", _("Language"), names))
            language.hint(_("Another language is spoken when the till is opened next."))
            self.body.addWidget(language)

    @override
    def kept_values(self) -> dict[str, str]:
        settings = self._preferences.settings
        return {key: str(getattr(settings, key)) for key in self.entries}

    @override
    def wrong(self) -> Mapping[str, str]:
        return {}

    @override
    async def keep(self) -> Mapping[str, str]:
        values = self.values()
        language = values.get("language", self._preferences.settings.language)
        await self._preferences.keep_look(language, values["theme"])
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, values["theme"])
        return {}

    @override
    def saved_words(self) -> str:
        return _("Saved.")
