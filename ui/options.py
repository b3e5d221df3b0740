"""What the window can be started with. Knows no Qt: it is read before Qt is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How to open the window: which `store`, against which stand-in (`sandbox`: its address file) or `live`.

    `language` and `theme` are empty for what the shop's settings say.
    """

    store: str = ""
    sandbox: str = ""
    live: bool = False
    language: str = ""
    theme: str = ""


_TEXTS = {"--store": "store", "--sandbox": "sandbox", "--language": "language", "--theme": "theme"}


def read(arguments: Sequence[str]) -> WindowOptions | None:
    """The options in `arguments`; None when there is anything else, which is then a command's business."""
    texts: dict[str, str] = {}
    live = False
    rest = list(arguments)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name == "--live" and not equals:
            live = True
        elif name in _TEXTS and equals:
            texts[_TEXTS[name]] = value
        elif name in _TEXTS and rest:
            texts[_TEXTS[name]] = rest.pop(0)
        else:
            return None
    if live and texts.get("sandbox"):
        # Real and training at once: the command line says what is wrong with that.
        return None
    return WindowOptions(
        store=texts.get("store", ""),
        sandbox=texts.get("sandbox", ""),
        live=live,
        language=texts.get("language", ""),
        theme=texts.get("theme", ""),
    )
