"""The pages under docs/ are true: what they name exists, and what exists is named where it has to be."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final, get_args

import pytest

import pos_app
from pos_app.__main__ import main
from pos_app.commands.exits import Exit
from pos_app.orders.entries import AnyEntry

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
PAGE: Final = (DOCS / "architecture.md").read_text(encoding="utf-8")

# A span such as `pos_app/sales.py: Sales.place`.
_PLACE = re.compile(r"`([\w/.-]+\.py): ([\w.]+)`")
_FILE = re.compile(r"`((?:pos_app|ui|tests|packaging|resources|docs)/[\w/.-]*)[`:]")


@cache
def _defined(path: Path) -> frozenset[str]:
    """Everything a file defines: functions, classes, and the methods of classes as `Class.method`."""
    names: set[str] = set()

    def walk(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{prefix}{node.name}.")

    walk(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return frozenset(names)


def _section(title: str) -> str:
    return PAGE.partition(f"{title}\n")[2].partition("\n#")[0]


def _block(title: str) -> str:
    """The first fenced block under `title`."""
    return _section(title).split("```")[1]


PLACES: Final = sorted({(file, name) for page in DOCS.glob("*.md") for file, name in _PLACE.findall(page.read_text(encoding="utf-8"))})  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(("file", "name"), PLACES, ids=[": ".join(place) for place in PLACES])
def test_every_function_a_page_names_exists(file: str, name: str) -> None:
    assert name in _defined(ROOT / file)


def test_the_sale_is_told_function_by_function() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", _section("## One sale, function by function"), re.MULTILINE)
    assert [int(number) for number, _cell in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 15
    assert not [number for number, cell in rows if _PLACE.fullmatch(cell) is None]


def test_every_file_a_page_names_exists() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages
        for name in _FILE.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / name).exists() and "acme" not in name
    ]
    assert not missing


def test_the_tree_is_the_tree() -> None:
    named: set[str] = set()
    folder = ""
    for line in _block("## The tree").strip().splitlines():
        if not line.startswith(" "):
            folder = line.split()[0]
            assert (ROOT / folder).is_dir()
            continue
        words = re.match(r"  ((?:\S+ ?)+?)(?:  |$)", line)
        assert words is not None, line
        for name in words[1].split():
            assert (ROOT / folder / name).exists(), line
            named.add(folder + name)
    modules = {
        f"pos_app/{path.name}/" if path.is_dir() else f"pos_app/{path.name}"
        for path in (ROOT / "pos_app").iterdir()
        if path.name not in {"__init__.py", "__pycache__"} and not path.name.startswith(".")
    }
    assert {name for name in named if name.startswith("pos_app/")} == modules


def test_the_layers_are_those_lint_checks() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    checked = next(one for one in contracts["contracts"] if one.get("containers") == ["pos_app"])
    told = _section("## The tree").split("```")[3].strip().splitlines()
    assert told[0].split("  →  ") == contracts["contracts"][0]["layers"]
    assert told[2:] == checked["layers"]


def test_every_entry_has_its_row() -> None:
    rows = "\n".join(re.findall(r"^\| (`.*?) \|", _section("## The life of an order"), re.MULTILINE))
    kinds = {entry.__name__ for entry in get_args(get_args(AnyEntry)[0])}
    assert kinds <= set(re.findall(r"`(\w+)`", rows))


# --- commands and sandbox ---------------------------------------------------------------------------


def _help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_every_command_and_option_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (\w+)  ", _help(capsys), re.MULTILINE)
    assert {"sell", "orders", "order", "journal", "key", "sandbox"} <= set(commands)
    for command in commands:
        assert f"\n## countercard {command}" in page
        options = set(re.findall(r"(?<![\w-])--[a-z-]+", _help(capsys, command))) - {"--help"}
        assert not {option for option in options if f"`{option}" not in page}, command


def test_no_option_is_documented_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (\w+)  ", _help(capsys), re.MULTILINE)
    known = set(
        re.findall(r"--[a-z-]+", "".join(_help(capsys, *name) for name in [[], *([c] for c in commands)]))
    )
    window = {f"--{name}" for name in ("language", "theme", "training")}
    assert set(re.findall(r"`(--[a-z-]+)", page)) <= known | window


def test_every_exit_code_is_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    numbers = {int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert numbers == {int(code) for code in Exit}


def test_every_call_fault_and_admin_path_of_the_sandbox_is_documented() -> None:
    from pos_app.sandbox.faults import CALLS, KINDS

    page = (DOCS / "sandbox.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`\n]+)`", page))
    assert set(CALLS) <= named
    for name, kind in KINDS.items():
        row = next((line for line in page.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert row, name
        assert set(kind.options) <= set(re.findall(r"`(\w+)`", row)), name
    admin = (ROOT / "pos_app/sandbox/admin.py").read_text(encoding="utf-8")
    paths = set(re.findall(r'Route\("(/admin[^"]*)"', admin))
    assert "/admin/faults" in paths
    assert not {path for path in paths if f"{path}`" not in page}


def test_every_option_of_the_sandbox_is_documented() -> None:
    from pos_app.sandbox.__main__ import add_arguments

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    page = (DOCS / "sandbox.md").read_text(encoding="utf-8")
    assert not {
        option for option in re.findall(r"--[a-z-]+", parser.format_help()) if f"`{option}" not in page
    } - {"--help"}


# --- decisions, versions, links ---------------------------------------------------------------------


def test_every_decision_is_in_the_index() -> None:
    folder = DOCS / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        number, _dot, name = text.splitlines()[0].removeprefix("# ").partition(". ")
        assert int(number) == int(page.name[:4])
        assert f"[{name}]({page.name})" in index
        headings = [line for line in text.splitlines() if line.startswith("## ")]
        assert headings == ["## The question", "## The decision", "## What it costs"], page.name
    assert set(re.findall(r"\]\((\d{4}-[^)]+)\)", index)) == {page.name for page in pages}


def test_the_version_is_in_the_changelog() -> None:
    page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\S+)", page, re.MULTILINE)
    assert pos_app.__version__ in versions[:2]


def test_links_between_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
        for target in link.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
