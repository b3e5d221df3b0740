"""Build the program's folder and, on Debian, a package of it. Run by packaging/package.sh in its environment.

What was built is looked through for strays, asked for its version, and has to play its demonstration.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Final

import contents
import debian

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "out" / "package"
PROGRAM: Final = OUT / "countercard"
CONTENTS: Final = OUT / "contents.txt"
_COMMAND: Final = PROGRAM / ("countercard.exe" if sys.platform == "win32" else "countercard")
_WORK: Final = OUT / "work"
_PATIENCE: Final = 180


def main() -> int:
    """Build, check, prove and pack; returns 0. Raises SystemExit with a sentence about what is wrong."""
    sys.path.insert(0, str(ROOT))
    from pos_app import __version__

    moment = _moment()
    _freeze(moment)
    _slim()
    _keep_licences()
    modules = _modules()
    CONTENTS.write_text("".join(f"{name}\n" for name in modules), encoding="utf-8")
    strays = contents.strays(modules, contents.allowed(ROOT / "requirements.txt"))
    strays += contents.stray_files(PROGRAM)
    if strays:
        raise SystemExit("These do not belong into the program:\n  " + "\n  ".join(strays))
    said = subprocess.run([_COMMAND, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if said != f"countercard {__version__}":
        raise SystemExit(f"The packaged program says it is {said!r}.")
    _prove()
    print(f"{PROGRAM.relative_to(ROOT)}: {contents.size(PROGRAM) / 1e6:.0f} MB, {len(modules)} modules")
    if shutil.which("dpkg-deb"):
        made = debian.build(PROGRAM, __version__, OUT, moment)
        print(f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.0f} MB")
    else:
        print("No dpkg-deb here: no Debian package was made.")
    return 0


def _moment() -> int:
    """The time every packed file gets, in seconds since 1970: that of the last commit, or of the version."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    try:
        asked = ["git", "log", "-1", "--format=%ct"]
        return int(subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return int((ROOT / "pos_app" / "__init__.py").stat().st_mtime)


def _freeze(moment: int) -> None:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    # The order of sets and the time of files would make every build another one.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(moment)}
    done = subprocess.run(
        [*command, "--distpath", OUT, "--workpath", _WORK, ROOT / "packaging" / "countercard.spec"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)


def _slim() -> None:
    """Python's own libraries without what only a debugger reads; others come without it already."""
    if not sys.platform.startswith("linux"):
        return
    for path in PROGRAM.rglob("*.so*"):
        if path.name.startswith("libpython") or path.parent.name == "lib-dynload":
            subprocess.run(["strip", "--strip-unneeded", path], check=True)


def _keep_licences() -> None:
    """The licence of everything that is in the program, as its authors wrote it, beside the program."""
    folder = PROGRAM / "licences"
    folder.mkdir()
    shutil.copyfile(ROOT / "LICENSE", folder / "Countercard.txt")
    pythons = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if pythons.exists():
        shutil.copyfile(pythons, folder / "Python.txt")
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    rows: list[str] = []
    for name in sorted(re.findall(r"^([\w.-]+)==", pinned, re.MULTILINE)):
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        about = package.metadata
        called = next((about[key] for key in ("License-Expression", "License") if key in about), "")
        rows.append(f"{name} {package.version}: {called.strip().partition(chr(10))[0] or 'see its text'}\n")
        texts = [
            file for file in package.files or () if re.match(r"(?i)(licen[cs]e|copying|notice)", file.name)
        ]
        said = [Path(str(file.locate())).read_text(encoding="utf-8", errors="replace") for file in texts]
        if said:
            (folder / f"{name}.txt").write_text("\n\n".join(said), encoding="utf-8")
    (folder / "overview.txt").write_text("".join(rows), encoding="utf-8")


def _modules() -> list[str]:
    """Every module in the program, the compiled ones too, sorted."""
    viewer = [sys.executable, "-m", "PyInstaller.utils.cliutils.archive_viewer", "--list", "--brief"]
    told = subprocess.run(
        [*viewer, "--recursive", _COMMAND], capture_output=True, text=True, check=True
    ).stdout
    lines = {line.strip() for line in told.splitlines()}
    packed = {name for name in lines if re.fullmatch(r"[A-Za-z_][\w.]*(?<!\.pyz)", name)}
    compiled = {
        ".".join((*path.parent.parts, path.name.partition(".")[0]))
        for path in (file.relative_to(PROGRAM / "_internal") for file in PROGRAM.rglob("*.so"))
        if "lib-dynload" not in path.parts and not path.name.startswith("lib")
    }
    return sorted(packed | compiled)


def _prove() -> None:
    """Two sales at the packaged program's own window, with its own sandbox."""
    shown = OUT / "demo"
    shutil.rmtree(shown, ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(
        [_COMMAND, "--demo", shown],
        env={**environment, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        timeout=_PATIENCE,
    )


if __name__ == "__main__":
    sys.exit(main())
