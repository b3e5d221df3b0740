"""The status line's lights: whether companies and printer answer, and what a press on one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.i18n import _, clock_time, money, whole
from ui.frame import LightFacts

if TYPE_CHECKING:
    from pos_app.catalog import Reading
    from pos_app.printouts import PrinterState
    from ui.borders import Till
    from ui.window.parts import Parts


class Lights:
    """Shows the lights of the window of `parts`."""

    def __init__(self, parts: Parts, till: Till) -> None:
        self._frame, self._tasks, self._till = parts.frame, parts.tasks, till
        self._printer = LightFacts("printer", _("Printer"), "unknown", _("Not asked yet."))
        parts.frame.light_pressed.connect(self._on_pressed)

    def show(self, printer: PrinterState | None = None) -> None:
        """Draw all of them; `printer` is what was just heard of it, if it was asked."""
        if printer is not None:
            self._printer = _printer_light(printer)
        companies = [
            LightFacts(
                light.name,
                light.title,
                light.state,
                light.detail,
                money(light.amount) if light.amount is not None else "",
            )
            for light in self._till.connections.lights()
        ]
        self._frame.tell_lights((*companies, self._printer))

    def ask_printer(self) -> None:
        """Show whether the printer would print, once it has said so."""
        self._tasks.start("printer", self._ask_printer(), when_busy="replace")

    async def _ask_printer(self) -> None:
        self.show(await self._till.printouts.ready())

    def paused(self) -> tuple[str, str]:
        """Which companies do not answer since when, and why; two empty texts while all of them do."""
        silent = [light for light in self._till.connections.lights() if light.state == "trouble"]
        if not silent:
            return "", ""
        names = ", ".join(light.title for light in silent)
        since = min((light.since for light in silent if light.since is not None), default=None)
        if since is None:
            title = _("Paused: {names}").format(names=names)
        else:
            time_told = clock_time(since, self._till.settings.shop.zone)
            title = _("Paused since {time}: {names}").format(time=time_told, names=names)
        reasons = dict.fromkeys(light.detail for light in silent)
        return title, " ".join((*reasons, _("It goes on by itself.")))

    def _on_pressed(self, name: str) -> None:
        from ui.sheet import Choice, Sheet

        facts, _light = self._frame.light(name)
        words = [facts.why]
        if facts.amount:
            words.append(_("{amount} is left to buy cards with.").format(amount=facts.amount))
        choices = [Choice("close", _("Close"), primary=True)]
        catalog = self._till.catalog
        progress = catalog.progress
        if progress is not None and progress.provider == name:
            words.append(self._reading_words(progress))
            choices.append(Choice("stop", _("Stop reading")))
        elif progress is None and catalog.reads(name):
            choices.append(Choice("read", _("Read its products again")))
        Sheet(self._frame.window(), facts.title, words, choices).closed.connect(self._on_reading_chosen)

    def _reading_words(self, progress: Reading) -> str:
        if progress.waits_until is not None:
            at = clock_time(progress.waits_until, self._till.settings.shop.zone)
            return _("It asked to wait. Reading its products goes on at {time}.").format(time=at)
        done = whole(progress.done)
        if progress.total is None:
            return _("Its products are being read: {n} so far.").format(n=done)
        total = whole(progress.total)
        return _("Its products are being read: {n} of {total} so far.").format(n=done, total=total)

    def _on_reading_chosen(self, key: str) -> None:
        if key == "stop":
            self._till.catalog.stop()
        elif key == "read":
            self._tasks.start("read products", self._till.catalog.refresh(), when_busy="refuse")


def printer_words(problem: BaseException | None) -> str:
    """What is wrong with a printer, and what to do."""
    from pos_app.errors import PosError
    from pos_app.messages import explain

    if not isinstance(problem, PosError):
        return _("The printer did not say what is wrong.")
    message = explain(problem)
    return f"{message.what} {message.advice}".strip()


def _printer_light(state: PrinterState) -> LightFacts:
    from pos_app.messages import explain

    if state.on_screen:
        why = _("This shop prints nothing: codes are handed over on the screen.")
        return LightFacts("printer", _("Codes on the screen"), "ok", why)
    if not state.ok:
        return LightFacts("printer", _("Printer"), "trouble", printer_words(state.problem))
    if state.warning is not None:
        return LightFacts("printer", explain(state.warning).title, "unknown", printer_words(state.warning))
    return LightFacts("printer", _("Printer ready"), "ok", _("Slips can be printed."))
