"""Habits that lint can not check: who may do what, that every no has its words, and what no file may say."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final, get_args

import pytest

from pos_app import messages
from pos_app.__main__ import main
from pos_app.commands.exits import Exit, for_error
from pos_app.errors import NotTaken, OutcomeUnknown, PosError
from pos_app.orders.answers import RefusalReason
from pos_app.orders.entries import AnyEntry
from pos_app.orders.order import AFTER_A_VERDICT, STEPS, Status
from pos_app.orders.rules import Problem

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = ("pos_app", "ui", "resources")

_MAY_CREATE_TASKS = {"pos_app/work.py", "pos_app/sandbox/calls.py", "ui/start.py", "ui/tasks.py"}
_MAY_STYLE = {"ui/theme.py"}
# The keyring may never answer; a thread of asyncio's own pool would keep the program from ending then.
_MAY_THREAD = {"pos_app/sandbox/server.py", "pos_app/vault.py"}
_MAY_PAUSE = "ui/printing/turns.py"
"""For a tenth of a millisecond, and never on the window's thread."""
_SQL = re.compile(
    r"\s*(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|DROP |PRAGMA |BEGIN )"
)
_SECRET_FIELDS = {
    "api_key",
    "body",
    "code",
    "email",
    "extras",
    "password",
    "payload",
    "pin",
    "recipient_email",
    "secret",
    "store_key",
    "token",
}
# Ciphertext, a place in the catalogue, a form of a document: called like a secret, and none.
_NO_SECRETS = {("CardOrder", "email"), ("GiftCardOrder", "recipient_email"), ("Credentials", "api_key")}


@dataclass(frozen=True, eq=False)
class Source:
    """A Python file: everything its code names, every call by the name called, every text but docstrings."""

    path: str
    names: frozenset[str]
    calls: dict[str, list[ast.Call]]
    texts: tuple[str, ...]


@cache
def _source(path: Path) -> Source:
    names: set[str] = set()
    calls: defaultdict[str, list[ast.Call]] = defaultdict(list)
    texts: dict[int, str] = {}
    loose: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                names.add(name.rpartition(".")[2])
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                calls[name].append(node)
            case ast.Expr(value=ast.Constant() as docstring):
                loose.add(id(docstring))
            case ast.Constant(value=str(text)):
                texts[id(node)] = text
            case _:
                pass
    said = tuple(text for key, text in texts.items() if key not in loose)
    return Source(path.relative_to(ROOT).as_posix(), frozenset(names), dict(calls), said)


@cache
def _sources(*folders: str) -> tuple[Source, ...]:
    """Every Python file below `folders`."""
    return tuple(_source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def _tracked() -> list[str]:
    """The files of the project, by git where there is one, else by looking (a source archive)."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        kept = (
            path for folder in (*PROGRAM, "docs", "packaging", "tests") for path in (ROOT / folder).rglob("*")
        )
        return [
            path.relative_to(ROOT).as_posix() for path in kept if path.is_file() and path.suffix != ".pyc"
        ]
    return [name for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file()]


# --- who may do what --------------------------------------------------------------------------------


def test_no_nested_event_loop() -> None:
    """A nested loop inside a task kills the other tasks; and what spins Qt's loop by hand does the same."""
    spinning = {"exec", "exec_", "processEvents", "asyncSlot", "asyncClose", "run_until_complete"}
    guilty = [(source.path, name) for source in _sources(*PROGRAM) for name in spinning & source.names]
    assert not guilty


def test_no_thread_no_lock_no_blocking_wait() -> None:
    waiting = {"QThread", "QThreadPool", "QRunnable", "Lock", "RLock", "Semaphore", "Thread"}
    guilty = [
        (source.path, name)
        for source in _sources(*PROGRAM)
        for name in waiting & source.names
        if source.path not in _MAY_THREAD
    ]
    guilty += [
        (source.path, "sleep")
        for source in _sources(*PROGRAM, "tests")
        if _blocks(source) and not source.path.startswith(("tests/bench/", _MAY_PAUSE))
    ]
    assert not guilty


def _blocks(source: Source) -> bool:
    return any(_of(call) in {"time", ""} for call in source.calls.get("sleep", []))


def _of(call: ast.Call) -> str:
    """What the called method is asked of, where that is a plain name."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
        case _:
            return ""


def _callers(*names: str) -> set[str]:
    return {source.path for source in _sources(*PROGRAM) for name in names if name in source.calls}


def test_only_the_owners_of_tasks_create_them() -> None:
    assert _callers("create_task", "ensure_future") == _MAY_CREATE_TASKS


def test_one_file_styles_widgets() -> None:
    assert _callers("setStyleSheet") == _MAY_STYLE


def test_no_code_reaches_the_clipboard() -> None:
    assert not [source.path for source in _sources("ui") if {"QClipboard", "clipboard"} & source.names]


def test_sql_is_written_in_the_store_only() -> None:
    writers = {source.path for source in _sources(*PROGRAM) if any(map(_SQL.match, source.texts))}
    assert {"pos_app/store/journal.py", "pos_app/store/rows.py", "pos_app/store/products.py"} <= writers
    assert not [path for path in writers if not path.startswith("pos_app/store/")]


def test_no_error_text_is_logged() -> None:
    """The text of an error nobody foresaw may hold anything: kinds and ids are logged, never a traceback."""
    levels = ("debug", "info", "warning", "error", "critical", "exception", "log")
    logged = [
        (source.path, name, call)
        for source in _sources("pos_app", "ui")
        for name in levels
        for call in source.calls.get(name, [])
        if _of(call) in {"_log", "log", "logging"}
    ]
    assert logged
    guilty = [
        f"{path}:{call.lineno}"
        for path, name, call in logged
        if name == "exception" or {"exc_info", "stack_info"} & {keyword.arg for keyword in call.keywords}
    ]
    assert not guilty


def test_money_never_becomes_a_float() -> None:
    # Where lines of icons run is no money.
    assert not [
        path
        for path in _callers("float")
        if not path.startswith("pos_app/sandbox/") and path != "ui/strokes.py"
    ]


def test_what_is_secret_is_left_out_of_reprs() -> None:
    checked: set[tuple[str, str]] = set()
    shown: list[str] = []
    for module in _modules("pos_app"):
        for kind in vars(module).values():
            if not (
                isinstance(kind, type)
                and dataclasses.is_dataclass(kind)
                and kind.__module__ == module.__name__
            ):
                continue
            for field in dataclasses.fields(kind):
                place = (kind.__name__, field.name)
                if field.name in _SECRET_FIELDS and place not in _NO_SECRETS:
                    checked.add(place)
                    if field.repr and "__repr__" not in _own_methods(kind):
                        shown.append(f"{module.__name__}.{kind.__name__}.{field.name}")
    assert {("Card", "code"), ("Card", "pin"), ("Recipient", "email"), ("Reply", "body")} <= checked
    assert not shown


def _own_methods(kind: type) -> set[str]:
    """What the class itself says in its source; dataclass adds a `__repr__` of its own."""
    path = ROOT / (kind.__module__.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        method.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }


def _modules(package: str) -> Iterator[ModuleType]:
    top = importlib.import_module(package)
    yield top
    for found in pkgutil.walk_packages(top.__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


# --- every no has its words -------------------------------------------------------------------------


def _kinds() -> list[type[PosError]]:
    list(_modules("pos_app"))
    return PosError.__subclasses__()


def test_six_errors_and_no_more() -> None:
    assert sorted(kind.__name__ for kind in _kinds()) == [
        "DeviceProblem",
        "Misconfigured",
        "NotAllowed",
        "NotTaken",
        "OutcomeUnknown",
        "StoreProblem",
    ]
    assert not [sub for kind in _kinds() for sub in kind.__subclasses__()]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(kind, reason) for kind in PosError.__subclasses__() for reason in sorted(kind.REASONS)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_every_error_is_told_in_words_and_as_an_exit_code(kind: type[PosError], reason: str) -> None:
    error = kind(reason, problem=Problem("basket", "empty"))
    said = messages.explain(error)
    assert said.title
    assert said.what
    assert "{" not in f"{said.title}{said.what}{said.advice}"
    assert for_error(error) in Exit


def _problems() -> set[tuple[str, str]]:
    """Every pair the program makes a Problem of, wherever it does."""
    pairs: set[tuple[str, str]] = set()
    for source in _sources("pos_app", "ui"):
        for call in source.calls.get("Problem", []):
            place = f"{source.path}:{call.lineno}"
            assert len(call.args) >= 2, f"{place}: field and reason stand first"
            for field in _choices(call.args[0], place):
                pairs |= {(field, reason) for reason in _choices(call.args[1], place)}
    return pairs


def _choices(node: ast.expr, place: str) -> list[str]:
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return _choices(one, place) + _choices(other, place)
        case _:
            raise AssertionError(f"{place}: a problem's field and reason are written out")


def test_every_broken_rule_has_its_words() -> None:
    pairs = _problems()
    assert ("tenders", "incomplete") in pairs
    wordless: list[tuple[str, str]] = []
    for field, reason in sorted(pairs):
        try:
            said = messages.problem(Problem(field, reason))
        except KeyError:
            said = ""
        if not said or "{" in said:
            wordless.append((field, reason))
    assert not wordless


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_words(status: Status) -> None:
    assert messages.status_words(status)


def test_every_refusal_has_its_words() -> None:
    wordless = [reason for reason in get_args(RefusalReason) if not _refusal(reason)]
    assert not wordless


def _refusal(reason: str) -> str:
    from datetime import UTC, datetime

    from pos_app.money import Money
    from pos_app.orders.entries import Answered, Placed, Sent
    from pos_app.orders.order import fold
    from pos_app.orders.product import Product
    from pos_app.orders.sale import SaleHead, Tender

    at, price = datetime(2026, 1, 2, tzinfo=UTC), Money(100, "USD")
    head = SaleHead("s", "01-000001", at, "01", "Kim", price, (Tender("cash", price),), ("o",), training=True)
    product = Product("p", "i", "Brand", "Name", "USD", "codes", face=price)
    placed = Placed(
        id="1", order_id="o", n=0, at=at, by="Kim", sale=head, account="a", product=product, quantity=1,
        face=price, price=price,
    )  # fmt: skip
    sent = Sent(id="2", order_id="o", n=1, at=at, by="Kim")
    answered = Answered.model_validate(
        {"id": "3", "order_id": "o", "n": 2, "at": at, "by": "Kim", "refusal": reason}
    )
    return messages.refusal_words(fold([placed, sent, answered]))


def test_what_a_provider_leaves_open_can_be_raised() -> None:
    """`Sales` raises what `Unclear` and `NotTakenUp` say: their reasons must be reasons of the errors."""
    assert "silence" in _literal("Unclear") <= OutcomeUnknown.REASONS
    assert "unauthorized" in _literal("NotTakenUp") <= NotTaken.REASONS


def _literal(kind: str) -> set[str]:
    tree = ast.parse((ROOT / "pos_app/orders/answers.py").read_text(encoding="utf-8"))
    return {
        node.value
        for cls in tree.body
        if isinstance(cls, ast.ClassDef) and cls.name == kind
        for field in cls.body
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and field.target.id == "reason"
        for node in ast.walk(field.annotation)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_kind_of_entry_may_follow_somewhere() -> None:
    union = get_args(AnyEntry)[0]
    kinds = {entry.model_fields["kind"].default for entry in get_args(union)}
    assert kinds - {"placed"} == set[str]().union(*STEPS.values(), *AFTER_A_VERDICT.values())


# --- commands ---------------------------------------------------------------------------------------


def _help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_every_exit_code_is_told_by_help(capsys: pytest.CaptureFixture[str]) -> None:
    told = _help(capsys).partition("exit codes:")[2]
    numbers = {int(number) for number in re.findall(r"(?:^|\s{2,})(\d+)  ?\w", told)}
    assert numbers == {int(code) for code in Exit}


# --- what no file may say ---------------------------------------------------------------------------

_UNWANTED: Final = {
    "a registry": r"pypi\.or[g]|pythonhoste[d]|registry\.np[m]|--(?:extra-)?index-ur[l]|--truste[d]",
    "a path of one machine": r"(?<![\w.])/(?:home|root|Users|workspace|work)/[\w.]|[A-Z]:\\\\?Users",
    "unfinished work": r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b",
    "mocks": r"unittest[. ]moc[k]|MagicMoc[k]",
    "who wrote it": r"[Cc]o-[Aa]uthored-[Bb]y|\bA[I]\b|\bL[L]Ms?\b|\bthis (?:sessio[n]|conversatio[n])\b",
    "numbers of a tracker": r"\b(?:issue|bug|ticket|PR) #?\d+\b",
}
_ALLOWED: Final = {
    # They ban the name.
    ("pyproject.toml", "mocks"),
    ("docs/adr/0013-fakes-not-mocks.md", "mocks"),
}
_READ: Final = {
    "",
    ".md",
    ".po",
    ".pot",
    ".py",
    ".qss",
    ".sh",
    ".sql",
    ".sqlite",
    ".svg",
    ".toml",
    ".txt",
    ".yml",
}


@pytest.mark.parametrize("what", _UNWANTED)
def test_no_file_says(what: str) -> None:
    pattern = re.compile(_UNWANTED[what])
    guilty: list[str] = []
    for name in _tracked():
        if Path(name).suffix not in _READ or (name, what) in _ALLOWED or name.startswith("resources/fonts/"):
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        guilty += [
            f"{name}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    assert not guilty


def test_requirements_are_hashed_and_name_no_place() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pinned = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
        assert pinned
        assert all("==" in line and line.rstrip().endswith("\\") for line in pinned)
        assert "://" not in "\n".join(lines)


def test_the_library_packaging_is_not_hidden() -> None:
    """With an __init__.py, `import packaging` from the root would find our folder: every tool breaks."""
    assert not (ROOT / "packaging/__init__.py").exists()
    found = importlib.import_module("packaging.version")
    assert Path(str(found.__file__)).is_relative_to(ROOT / "packaging") is False


def test_the_money_path_is_there_and_nothing_of_it_is_let_off() -> None:
    """`make test` wants every line and branch of these files tried; a file that moved would be let off."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = re.search(r"^MONEY_PATH := ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert told is not None
    patterns = [one for one in re.split(r"[,\s$\\]+", told[1]) if one]
    assert len(patterns) >= 9
    for pattern in patterns:
        files = [path for path in ROOT.glob(pattern) if path.suffix == ".py"]
        assert files, pattern
        for path in files:
            assert not re.search(r"pragma: no (cover|branch)", path.read_text(encoding="utf-8")), path
