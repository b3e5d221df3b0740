"""What the window can be started with. Knows no Qt: it is read before Qt is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How to open the window: which `store`, against which stand-in (`sandbox`: its address file).

    `training` practises, `live` sells real cards, or sets the shop up first. With neither, a store or a
    sandbox that is named is for training; without those too, a shop that was set up sells, and any other is
    welcomed. `language` and `theme` are empty for what the shop's settings say. `moved` and `only_looks` are
    what somebody answered about a store that was moved, or is a copy.
    """

    store: str = ""
    sandbox: str = ""
    training: bool = False
    live: bool = False
    language: str = ""
    theme: str = ""
    moved: bool = False
    only_looks: bool = False

    @property
    def practises(self) -> bool:
        """Whether this can only be training."""
        return not self.live and (self.training or bool(self.store or self.sandbox))


_FLAGS = {"--training": "training", "--live": "live"}
_TEXTS = {"--store": "store", "--sandbox": "sandbox", "--language": "language", "--theme": "theme"}


def read(arguments: Sequence[str]) -> WindowOptions | None:
    """The options in `arguments`; None when there is anything else, which is then a command's business."""
    texts: dict[str, str] = {}
    flags: set[str] = set()
    rest = list(arguments)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name in _FLAGS and not equals:
            flags.add(_FLAGS[name])
        elif name in _TEXTS and equals:
            texts[_TEXTS[name]] = value
        elif name in _TEXTS and rest:
            texts[_TEXTS[name]] = rest.pop(0)
        else:
            return None
    if "live" in flags and ("training" in flags or texts.get("sandbox")):
        # Real and training at once: the command line says what is wrong with that.
        return None
    return WindowOptions(
        store=texts.get("store", ""),
        sandbox=texts.get("sandbox", ""),
        training="training" in flags,
        live="live" in flags,
        language=texts.get("language", ""),
        theme=texts.get("theme", ""),
    )
