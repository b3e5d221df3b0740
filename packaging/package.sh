#!/bin/sh
# `make package`: an environment with the program's packages and the packer alone, then packaging/package.py.
set -eu
cd "$(dirname "$0")/.."
. packaging/apt.sh

# 1. What the packer needs of the system: it reads libraries with objdump, and a Debian Python lies in one.
wanted=""
command -v objdump >/dev/null 2>&1 || wanted="binutils"
case $(.venv/bin/python -c 'import sys; print(sys.base_prefix)') in
    /usr)
        library=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_config_var("INSTSONAME"))')
        ldconfig -p | grep -q "$library" || wanted="$wanted $(echo "$library" | sed 's/\.so.*//')"
        ;;
esac
# shellcheck disable=SC2086
[ -z "$wanted" ] || apt_install $wanted

# 2. The environment. Nothing of the workshop is in it, so nothing of it can stray into the program.
environment=out/package/environment
if ! "$environment/bin/python" -c pass 2>/dev/null; then
    mkdir -p out/package
    rm -rf "$environment"
    .venv/bin/uv venv --quiet --python .venv/bin/python "$environment"
fi
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode --python "$environment/bin/python" \
    requirements-package.txt

# 3. Translations as the program reads them, then the program itself.
.venv/bin/python packaging/compile_texts.py
exec "$environment/bin/python" packaging/package.py "$@"
