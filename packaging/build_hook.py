"""What hatchling does before it packs or installs the project: translations as the program reads them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override

sys.path.insert(0, str(Path(__file__).resolve().parent))


class CompiledTexts(BuildHookInterface[Any]):
    """Compiles the translations; pyproject.toml names them among what is packed."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called once for each thing that is built."""
        from compile_texts import compile_texts

        compile_texts()
