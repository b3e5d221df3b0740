"""The page that shows all pictures: one file, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Final

from .states import SCREENS

_STYLE: Final = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #14181f; }
header { position: sticky; top: 0; background: #fff; border-bottom: 1px solid #e2e5ea; padding: 8px 24px; }
header { z-index: 1; }
header p { margin: 4px 0; } header b { display: inline-block; min-width: 88px; font-weight: 600; }
label { padding: 4px 10px; border-radius: 14px; cursor: pointer; } input { position: absolute; opacity: 0; }
label:has(:checked) { background: #14181f; color: #fff; }
label:has(:focus-visible) { outline: 2px solid #1f5eff; }
main { padding: 0 24px 48px; } h2 { margin: 32px 0 8px; scroll-margin-top: 170px; }
h3 { font-size: 15px; font-weight: 600; margin: 16px 0 8px; }
div { display: flex; flex-wrap: wrap; gap: 12px; } figure { margin: 0; width: 320px; }
img { width: 320px; border: 1px solid #cbd0d8; background: #fff; }
figcaption { font-size: 12px; color: #5b6472; }
a { color: inherit; }
"""


def write_page(out: Path, made: Iterable[Mapping[str, str]]) -> Path:
    """Write `index.html` into `out`. `made` says of each picture its screen, words, state, path and kinds."""
    made = sorted(made, key=_place)
    kinds = {kind: list(dict.fromkeys(one[kind] for one in made)) for kind in ("language", "theme", "size")}
    screens: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for one in made:
        screens.setdefault(one["screen"], {}).setdefault(f"{one['screen']}: {one['words']}", []).append(one)
    rules = [
        f"body:has(#{kind}-{_plain(value)}:checked) figure:not(.{kind}-{_plain(value)}) {{ display: none }}"
        for kind, values in kinds.items()
        for value in values
    ]
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Countercard: every screen</title>',
        f"<style>{_STYLE}{' '.join(rules)}</style><body><header>",
        *(_choices(kind, values) for kind, values in kinds.items()),
        _links(screens),
        "</header><main>",
    ]
    for screen, states in screens.items():
        parts.append(f'<h2 id="{_plain(screen)}">{escape(screen)}</h2>')
        for words, pictures in states.items():
            shown = "".join(_figure(one) for one in pictures)
            parts.append(f"<h3>{escape(words)}</h3><div>{shown}</div>")
    path = out / "index.html"
    path.write_text("\n".join([*parts, "</main>"]), encoding="utf-8")
    return path


def _place(one: Mapping[str, str]) -> int:
    return SCREENS.index(one["screen"]) if one["screen"] in SCREENS else len(SCREENS)


def _choices(kind: str, values: list[str]) -> str:
    chosen = {"language": "en", "theme": "light"}.get(kind, "")
    offered = [
        f'<label><input type="radio" name="{kind}" id="{kind}-{_plain(one)}"'
        f"{' checked' if one == chosen else ''}>{escape(one)}</label>"
        for one in values
    ]
    rest = "" if chosen in values else " checked"
    return f'<p><b>{kind}</b><label><input type="radio" name="{kind}"{rest}>all</label>{"".join(offered)}</p>'


def _links(screens: Iterable[str]) -> str:
    links = (f'<a href="#{_plain(one)}">{escape(one)}</a>' for one in screens)
    return f"<p><b>screen</b> {' '.join(links)}</p>"


def _figure(one: Mapping[str, str]) -> str:
    kinds = " ".join(f"{kind}-{_plain(one[kind])}" for kind in ("language", "theme", "size"))
    told = f"{one['language']} · {one['theme']} · {one['size']}"
    return (
        f'<figure class="{kinds}"><a href="{one["path"]}"><img loading="lazy" src="small/{one["path"]}" '
        f'alt="{escape(one["words"])}, {told}"></a><figcaption>{told}</figcaption></figure>'
    )


def _plain(words: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in words.lower())
