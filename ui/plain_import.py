"""Takes back Python's own `import` after PySide6 has put its own in the place of it.

PySide6 watches every later import and reads the module's source to see whether it wants the binding's
switchable spelling features. Nobody here does, and the watching keeps the text of every imported library in
memory (some 18 MB) and doubles the time of their import. Import this before anything else of PySide6.
"""

from __future__ import annotations

import builtins

_own = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401  # pyright: ignore[reportUnusedImport]  puts the hook in

builtins.__import__ = _own
