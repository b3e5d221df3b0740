#!/bin/sh
# Makes .venv ready to run, test and lint the till, on a machine that has only git, make and python3.
# Safe to run again; everything it installs is either Debian's or pinned by hash in requirements-dev.txt.
set -eu
cd "$(dirname "$0")/.."

. packaging/apt.sh

# 1. An interpreter: 3.11 to 3.13 (Qt's binding and the event loop support these).
python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
fi
if [ -z "$python" ]; then
    echo "Countercard needs Python 3.11, 3.12 or 3.13; none was found. Name one with PYTHON=/path/to/python3 make ..." >&2
    exit 1
fi

# 2. The virtual environment. A bare Debian has python3 without venv.
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c pass 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 || {
        rm -rf .venv
        apt_install python3-venv
        "$python" -m venv .venv
    }
fi

# 3. Packages, exactly those that were tested, compiled now so that the first start is not slower.
uv_version=0.13.9
if ! .venv/bin/uv --version 2>/dev/null | grep -q "$uv_version"; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "uv==$uv_version"
fi
# A home that can not be written has no place for uv's cache either.
cache=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}
if ! mkdir -p "$cache" 2>/dev/null || [ ! -w "$cache" ]; then
    UV_CACHE_DIR=$PWD/.venv/.uv-cache
    export UV_CACHE_DIR
fi
# sync removes what is not listed, so uv and the project itself are put back in the same breath; with the project
# come its translations, compiled
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python requirements-dev.txt
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "uv==$uv_version"
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python --editable .

# 4. Qt's system libraries. Only what the loader can not find is asked for.
missing=$(.venv/bin/python packaging/qt_libraries.py)
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    apt_install $missing
fi

# 5. The program itself, compiled too: where Python is told to write no bytecode each start would do it again.
.venv/bin/python -m compileall -q pos_app ui resources

touch .venv/.ready
