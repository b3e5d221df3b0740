"""Modules of the folder `packaging`, which is none of Python's packages and must not become one."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "packaging"


def load(name: str) -> ModuleType:
    """The module in `packaging/NAME.py`, loaded anew."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def contents() -> ModuleType:
    return load("contents")


@pytest.fixture
def debian() -> ModuleType:
    return load("debian")


@pytest.fixture
def qt_libraries() -> ModuleType:
    return load("qt_libraries")
