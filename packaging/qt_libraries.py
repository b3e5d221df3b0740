"""Print the Debian packages whose libraries Qt needs here and the loader can not find."""

from __future__ import annotations

import ctypes
import sys

# What PySide6-Essentials' offscreen and xcb platforms load, and who brings it on Debian 12.
_OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
}
_WINDOW = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def missing_packages() -> list[str]:
    """The Debian packages to install, in a stable order; empty anywhere but on Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing: list[str] = []
    for library, package in {**_OFFSCREEN, **_WINDOW}.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


if __name__ == "__main__":
    print(" ".join(missing_packages()))
