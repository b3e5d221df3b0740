"""What is left on the disk of a program that dies: no picture of its memory, where codes and keys are."""

from __future__ import annotations

from contextlib import suppress


def keep_none() -> None:
    """Have no core dump written of this process and of those it starts, where the system knows such files.

    What collects them for a whole system, as systemd and apport do, goes by the same limit.
    """
    try:
        import resource
    except ImportError:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
