# Sourced by the scripts here: Debian packages, installed as root or by sudo, or asked for in words.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else
        echo "Countercard needs: $*" >&2
        echo "Please run that as root (or install sudo), then start again." >&2
        exit 1
    fi
}

apt_updated=""
apt_install() {
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Please install these Debian packages (or what your system calls them): $*" >&2
        exit 1
    fi
    if [ -z "$apt_updated" ]; then as_root apt-get update -q >&2; apt_updated=yes; fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}
