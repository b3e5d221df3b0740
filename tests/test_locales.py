"""Every text a person reads can be translated, and every translation fits the text it stands for."""

from __future__ import annotations

import ast
import asyncio
import gettext
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Final

import pytest
import qasync
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from pos_app import i18n, messages
from pos_app.errors import PosError
from pos_app.orders.order import Status
from pos_app.orders.rules import Problem
from pos_app.printing.document import QR, Banner, Block, Document, Either, Row, Secret, Text
from pos_app.printing.receipts import card_slip, pending_slip, sale_receipt
from tests.sales_made_up import CARD, SHOP, SOLD_AT, Ending, Plan, product, sale, sealed
from tests.ui.fakes import NOON, FakeTill
from ui import theme
from ui.main_window import MainWindow
from ui.person import Person

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALES: Final = ROOT / "resources" / "locale"
LANGUAGES: Final = sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/pos.po"))

_SHOWS: Final = {
    "setAccessibleDescription",
    "setAccessibleName",
    "setPlaceholderText",
    "setStatusTip",
    "setText",
    "setTitle",
    "setToolTip",
    "setWindowTitle",
}
"""Qt's ways to put words on the screen."""

_NAMES: Final = {"Countercard", "Esc"}
"""Words that are the same in every language."""


def _trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith("pos_app/sandbox/"):
                yield place, ast.parse(path.read_text(encoding="utf-8"))


def _asked(tree: ast.Module) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """Each call for a translation, with the texts it is given."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_"), args=[text]):
                yield node, [text]
            case ast.Call(func=ast.Name(id="ngettext"), args=[one, many, _number]):
                yield node, [one, many]
            case ast.Call(func=ast.Name(id="_" | "ngettext")):
                yield node, []
            case _:
                pass


def _fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=None if path.suffix == ".pot" else path.parent.parent.name)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


# --- the texts of the code --------------------------------------------------------------------------


def test_every_text_is_written_out_where_it_is_asked_for() -> None:
    """What is put together before it is looked up can be found by no translator."""
    guilty = [
        f"{place}:{call.lineno}"
        for place, tree in _trees("pos_app", "ui")
        for call, texts in _asked(tree)
        if not texts or not all(isinstance(text, ast.Constant) for text in texts)
    ]
    assert not guilty


def test_fields_have_names() -> None:
    guilty = [
        f"{place}:{call.lineno}"
        for place, tree in _trees("pos_app", "ui")
        for call, texts in _asked(tree)
        for text in texts
        if isinstance(text, ast.Constant)
        and any(not name.isidentifier() for name in _fields(str(text.value)))
    ]
    assert not guilty


def test_every_text_is_in_the_template_and_nothing_else() -> None:
    """Found here by reading the syntax tree: another way than that of `make texts`."""
    asked = {
        text.value
        for _place, tree in _trees("pos_app", "ui")
        for _call, texts in _asked(tree)
        for text in texts
        if isinstance(text, ast.Constant)
    }
    listed = {text for message in _read(LOCALES / "pos.pot") if message.id for text in _ids(message)}
    assert listed - asked == set(), "gone from the code: make texts"
    assert asked - listed == set(), "not in the template yet: make texts"


def test_make_texts_has_nothing_left_to_do() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "packaging/texts.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_no_widget_is_given_words_past_the_translation() -> None:
    guilty = [
        f"{place}:{node.lineno}: {text.value}"
        for place, tree in _trees("ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SHOWS
        for argument in node.args
        for text in _plain(argument)
        if re.search(r"[A-Za-z]{2}", str(text.value)) and text.value not in _NAMES
    ]
    assert not guilty


def _plain(argument: ast.expr) -> Iterator[ast.Constant]:
    """The texts that reach the screen as they are: written as the argument, or as a part of an f-string."""
    match argument:
        case ast.Constant(value=str()):
            yield argument
        case ast.JoinedStr(values=parts):
            yield from (part for part in parts if isinstance(part, ast.Constant))
        case ast.IfExp(body=one, orelse=other):
            yield from _plain(one)
            yield from _plain(other)
        case _:
            pass


# --- the translations -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [*LANGUAGES, "template"])
def test_a_translation_has_the_fields_of_its_text(language: str) -> None:
    path = LOCALES / "pos.pot" if language == "template" else LOCALES / language / "LC_MESSAGES" / "pos.po"
    catalog = _read(path)
    assert len(catalog) > 100
    wrong: list[str] = []
    for message in catalog:
        texts = _ids(message)
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        wanted = _fields(texts[-1])
        wrong += [texts[0] for form in said if form and texts[0] and not _fits(form, texts, wanted)]
        if len(texts) > 1 and any(said):
            assert all(said), f"a plural form is missing: {texts[0]}"
    assert not wrong


def _fits(form: str, texts: tuple[str, ...], wanted: set[str]) -> bool:
    """One thing may go without its number; otherwise the fields are the same."""
    return _fields(form) <= wanted if len(texts) > 1 else _fields(form) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_nothing_is_guessed(language: str) -> None:
    catalog = _read(LOCALES / language / "LC_MESSAGES" / "pos.po")
    missing: list[str] = []
    for message in catalog:
        if not message.id:
            continue
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        forms = 1 if isinstance(message.id, str) else catalog.num_plurals
        if message.fuzzy or len(said) != forms or not all(form.strip() for form in said):
            missing.append(_ids(message)[0])
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_text_does(language: str) -> None:
    """A blank at an end is there because something is put beside it; a line end parts what is read."""
    wrong: list[str] = []
    for message in _read(LOCALES / language / "LC_MESSAGES" / "pos.po"):
        source = _ids(message)[-1]
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        wrong += [
            form
            for form in said
            if source
            and (
                form[:1].isspace() != source[:1].isspace()
                or form[-1:].isspace() != source[-1:].isspace()
                or form.count("\n") != source.count("\n")
            )
        ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_has_the_form_that_its_language_gives_it(language: str) -> None:
    """Translators write them in CLDR's order. Babel's own header for a language may have another."""
    catalog = _read(LOCALES / language / "LC_MESSAGES" / "pos.po")
    forms = gettext.c2py(catalog.plural_expr)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue, reportUnknownVariableType]
    cldr = Locale.parse(language).plural_form
    order = [
        one for one in ("zero", "one", "two", "few", "many", "other") if one in cldr.tags or one == "other"
    ]
    order = order if len(order) == catalog.num_plurals else ["one", "other"]
    assert [order[forms(number)] for number in range(1000)] == [cldr(number) for number in range(1000)]


_ONE_WORD: Final = {
    "ar": {
        r"\bcashier\b": r"بائع",
        r"\bPINs?\b(?! \d)": r"PIN",
        r"\bcustomers?\b": r"زبون|زبائن|له|غيره",
        r"\bregisters?\b": r"صندوق|صناديق",
        r"\bbarcodes?\b": r"باركود",
        r"\breceipts?\b": r"إيصال",
        # Of no slip at all only the printing is told.
        r"\bslips?\b": r"قسيم|قسائم|تمت الطباعة\.$",
    },
    "es": {
        r"\bcashier\b": r"[Cc]ajero",
        r"\bwrong PINs?\b": r"PIN incorrecto",
        r"\bregisters?\b": r"[Cc]aja",
        r"\bclaims?\b": r"[Rr]ecl[aá]m",
        r"\bbarcodes?\b": r"[Cc]ódigos? de barras|escane",
        r"\breceipts?\b": r"[Rr]ecibo",
        r"\bslips?\b": r"[Cc]omprobante",
        r"\bbasket\b": r"[Cc]arrito",
    },
}
"""What is one thing for whoever works at the till, and by which word each language calls it everywhere."""


@pytest.mark.parametrize(
    ("language", "thing"), [(language, thing) for language, words in _ONE_WORD.items() for thing in words]
)
def test_one_thing_has_one_word(language: str, thing: str) -> None:
    word = re.compile(_ONE_WORD[language][thing])
    other = [
        (source, told)
        for message in _read(LOCALES / language / "LC_MESSAGES" / "pos.po")
        for source in _ids(message)[:1]
        if message.id and re.search(thing, re.sub(r"{[^}]*}", "", source), re.IGNORECASE)
        for told in ([message.string] if isinstance(message.string, str) else message.string or ())
        if len(told) > 3 and not word.search(told)
    ]
    assert not other


def test_no_translation_leaves_a_mark_for_direction_open() -> None:
    """A mark left open would turn round what stands behind the text."""
    begin, end = frozenset("\u2066\u2067\u2068"), "\u2069"
    wrong: list[str] = []
    for language in LANGUAGES:
        for message in _read(LOCALES / language / "LC_MESSAGES" / "pos.po"):
            said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            wrong += [form for form in said if sum(map(form.count, begin)) != form.count(end)]
    assert not wrong


def test_the_languages_are_the_folders() -> None:
    assert set(i18n.languages()) == {"en", *LANGUAGES}


# --- a language in which every text is marked -------------------------------------------------------


class Marked(gettext.NullTranslations):
    """Puts every text it is asked for between brackets, so that one sees what it was never asked for."""

    @override
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def found(*_asked: object, **_said: object) -> gettext.NullTranslations:
        return Marked()

    monkeypatch.setattr(gettext, "translation", found)
    i18n.set_language("en")
    yield
    monkeypatch.undo()
    i18n.set_language("en")


@pytest.mark.usefixtures("marked")
def test_every_error_speaks_the_language() -> None:
    plain: list[str] = []
    for kind in PosError.__subclasses__():
        for reason in sorted(kind.REASONS):
            said = messages.explain(kind(reason, problem=Problem("basket", "empty")))
            plain += [
                f"{kind.__name__} {reason}" for words in (said.title, said.what, said.advice) if _bare(words)
            ]
    assert not plain


@pytest.mark.usefixtures("marked")
def test_every_status_speaks_the_language() -> None:
    assert not [status for status in Status if _bare(messages.status_words(status))]


def _bare(words: str) -> bool:
    return bool(words) and not (words.startswith("⟦") and words.endswith("⟧"))


ENDINGS: Final[tuple[Ending, ...]] = (
    "to_do",
    "unanswered",
    "fulfilled",
    "codes_pending",
    "arrived_late",
    "to_be_confirmed",
    "refused",
    "refunded",
    "withdrawn",
)


def _papers(ending: Ending) -> Iterator[Document]:
    plan = Plan(
        product(by_email=ending == "to_be_confirmed"),
        cards=() if ending in {"to_be_confirmed", "codes_pending"} else (CARD,),
        ending=ending,
    )
    sold = sale(plan, training=True)
    order = sold.orders[0]
    yield sale_receipt(sold, SHOP)
    yield pending_slip(sold, order, SHOP, ask_after=SOLD_AT)
    yield card_slip(sold, order, sealed(CARD), CARD, number=1, of=1, shop=SHOP)


def _words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What is readable on a paper, but for what is data alone: values at the right edge, codes, headlines."""
    for block in blocks:
        match block:
            case Text(text=text):
                yield text
            case Row(left=left):
                yield left
            case Either(wide=wide, narrow=narrow):
                yield from _words((*wide, *narrow))
            case Banner(lines=lines, text=text):
                yield from (*lines, text)
            case Secret(label=label):
                yield label
            case QR(says=says):
                yield says
            case _:
                pass


_LETTERS: Final = re.compile(r"[^\W\d_]{3,}")
_DATA: Final = frozenset(
    _LETTERS.findall(f"{SHOP.name} {SHOP.address} {product().brand} {product().name} ORD EST {CARD.code}")
)
"""What stands on these papers in no language: names, numbers, the zone of the shop."""


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_paper_speaks_the_language(ending: Ending) -> None:
    seen = 0
    bare: set[str] = set()
    for paper in _papers(ending):
        assert "⟦" in paper.title
        for words in _words(paper.blocks):
            seen += "⟦" in words
            bare |= set(_LETTERS.findall(_outside(words))) - _DATA
    assert seen > 20
    assert not bare


# --- the window in that language --------------------------------------------------------------------


async def _walk(window: MainWindow, till: FakeTill, seen: dict[str, tuple[str, ...]]) -> None:
    """One sale with a card by code and one by e-mail, then the orders; what can be read at each step."""
    person = Person(window)

    async def look(step: str, name: str) -> None:
        await person.until(lambda: person.sees(name), f"{name} ({step})")
        till.seconds += 5
        seen[step] = person.texts()

    window.join(till)
    await look("sell", "search")
    person.type("acme")
    person.press("Enter")
    await look("values", "add")
    person.press("Enter")
    person.type("mill")
    person.press("Enter")
    await look("recipient", "email")
    person.press("Enter")
    await look("recipient, wrong", "email")
    person.write("amount", "30")
    person.write("email", "kim@mail.example")
    person.press("Enter")
    await look("basket", "charge")
    await person.see_enabled("charge")
    person.press("F1")
    await look("keys", "key_rows")
    person.press("Esc")
    person.press("F12")
    await look("charge", "issue")
    person.write("received", "1")
    await look("charge, too little", "issue")
    person.write("received", "100")
    await person.see_enabled("issue")
    till.seconds += 5
    person.click("issue")
    await look("result", "new_sale")
    await person.see_enabled("new_sale")
    await look("result, done", "new_sale")
    person.press("F3")
    await look("orders", "orders_search")


@pytest.mark.usefixtures("marked")
def test_the_window_speaks_the_language(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    till = FakeTill()
    seen: dict[str, tuple[str, ...]] = {}
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qapp)) as runner:
        runner.run(_in_window(till, seen))
    data = _of_the_till(till)
    bare = {
        f"{step}: {text}"
        for step, texts in seen.items()
        for text in texts
        if set(_LETTERS.findall(_outside(text))) - data
    }
    assert len(seen) > 8
    assert not bare


async def _in_window(till: FakeTill, seen: dict[str, tuple[str, ...]]) -> None:
    window = MainWindow(clock=till.clock, at=lambda: NOON)
    window.resize(1280, 800)
    window.show()
    try:
        await _walk(window, till, seen)
    finally:
        await window.finish()
        window.close()
        window.deleteLater()


def _of_the_till(till: FakeTill) -> set[str]:
    """What stands in the window in no language: names of people, cards and companies, codes."""
    brands = [brand for brand, _products in till.catalog.shelf]
    names = [f"{brand.name} {brand.address} {brand.region}" for brand in brands]
    names += [f"{light.title} {light.detail}" for light in till.connections.lights()]
    names += [till.settings.cashier, "Countercard USD, and what was typed: acme mill kim@mail.example"]
    return set(_LETTERS.findall(" ".join(names)))


def _outside(text: str) -> str:
    """`text` without what was translated, one bracket inside another twice over."""
    for _ in range(3):
        text = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    # The visible end of a masked code is no word, whatever its letters.
    return re.sub(r"\S*•\S*", " ", text)
