# Sourced by the scripts beside this folder: gets uv, a CPython 3.14 and the locked environment.
# Safe to repeat; what is there is kept. Needs bash 4 or macOS's bash 3.2.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv=${BVP_VENV:-$root/.venv}
cache=${XDG_DATA_HOME:-$HOME/.local/share}/bambu-virtual-printer
if [ "$(id -u)" = 0 ]; then private_python=/opt/python3.14; else private_python=$cache/python3.14; fi

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

is_debian() { [ -r /etc/debian_version ] && command -v apt-get >/dev/null; }
is_root() { [ "$(id -u)" = 0 ]; }

apt_updated=
# Installs Debian packages; only ever called as root on Debian.
apt_install() {
  say "installing with apt: $*"
  if [ -z "$apt_updated" ]; then apt-get -qq update >&2 || say "apt-get update had errors, going on"; apt_updated=1; fi
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# want COMMAND PACKAGE...: PACKAGE where COMMAND is missing and we may install it; else says so.
want() {
  local cmd=$1; shift
  command -v "$cmd" >/dev/null && return 0
  if is_root && is_debian; then apt_install "$@"; else
    say "missing: $cmd (Debian: sudo apt-get install $*)"; return 1
  fi
}

# want_file PATTERN PACKAGE...: the same, for what is no command on the PATH.
want_file() {
  local pattern=$1; shift
  compgen -G "$pattern" >/dev/null && return 0
  if is_root && is_debian; then apt_install "$@"; else
    say "missing: $pattern (Debian: sudo apt-get install $*)"; return 1
  fi
}

# --- uv ---------------------------------------------------------------------------------------

ensure_uv() {
  command -v uv >/dev/null && return
  PATH=$cache/uv/bin:$PATH
  command -v uv >/dev/null && return
  say "installing uv (once, into $cache/uv)"
  if ! command -v python3 >/dev/null && is_root && is_debian; then apt_install python3 python3-venv ca-certificates; fi
  if command -v python3 >/dev/null; then
    if python3 -m venv "$cache/uv" >/dev/null 2>&1 ||
      { is_root && is_debian && apt_install python3-venv && python3 -m venv --clear "$cache/uv" >&2; }; then
      "$cache/uv/bin/python" -m pip install -q --disable-pip-version-check uv >&2 && return
    fi
    rm -rf "$cache/uv"
    python3 -m pip install -q --target "$cache/uv" uv >/dev/null 2>&1 && return
  fi
  if command -v curl >/dev/null; then
    curl -LsSf https://astral.sh/uv/install.sh | env UV_INSTALL_DIR="$cache/uv/bin" UV_NO_MODIFY_PATH=1 sh >&2 && return
  fi
  die "uv is missing and could not be installed; see https://docs.astral.sh/uv/getting-started/installation/"
}

# --- CPython 3.14 -----------------------------------------------------------------------------

# A CPython 3.14.2 or newer 3.14 with the extension modules Home Assistant needs.
python_is_good() {
  [ -n "${1:-}" ] && "$1" -c 'import sys, ssl, sqlite3, lzma, bz2, ctypes, venv
from compression import zstd
v = sys.version_info
sys.exit(sys.implementation.name != "cpython" or v[:2] != (3, 14) or v[:3] < (3, 14, 2) or v.releaselevel != "final")' \
    >/dev/null 2>&1
}

find_python() {
  local candidate
  while read -r candidate; do
    if python_is_good "$candidate"; then printf '%s\n' "$candidate"; return 0; fi
  done <<EOF
${UV_PYTHON:-}
$private_python/usr/bin/python3.14
$(command -v python3.14 2>/dev/null || true)
$(uv python find --no-python-downloads '>=3.14.2,<3.15' 2>/dev/null || true)
EOF
  return 1
}

python_from_apt() {
  is_root && is_debian || return 1
  local version
  version=$(apt-cache policy python3.14 2>/dev/null | awk '/Candidate:/ {print $2}')
  case $version in '' | '(none)') return 1 ;; esac
  dpkg --compare-versions "$version" ge 3.14.2 || return 1
  apt_install python3.14 python3.14-venv python3.14-dev
}

python_from_uv() {
  say "fetching CPython 3.14 with uv"
  UV_HTTP_RETRIES=0 UV_HTTP_CONNECT_TIMEOUT=10 uv python install -q 3.14 >&2
}

ensure_python() {
  if ! UV_PYTHON=$(find_python); then
    python_from_apt || python_from_uv ||
      PY_PREFIX=$private_python "$root/scripts/lib/python-from-debs" ||
      die "no CPython 3.14 here and no way worked to get one; install Python 3.14.2 or newer and run this again"
    UV_PYTHON=$(find_python) || die "a CPython 3.14 was installed but does not work"
  fi
  export UV_PYTHON
}

# --- the environment --------------------------------------------------------------------------

# sync GROUP...: the locked versions of these dependency groups in .venv, beside what is there.
sync() {
  ensure_uv
  ensure_python
  local group args=()
  for group in "$@"; do args+=(--group "$group"); done
  if ! UV_PROJECT_ENVIRONMENT=$venv uv sync -q --project "$root" --locked --inexact --check "${args[@]}" 2>/dev/null; then
    say "installing the locked environment ($*) into ${venv/#$root\//}; the first time takes about a minute"
    UV_PROJECT_ENVIRONMENT=$venv uv sync --quiet --project "$root" --locked --inexact "${args[@]}" >&2 ||
      die "the locked environment could not be installed (see above)"
  fi
  PATH=$venv/bin:$PATH
  # Home Assistant asks uv too, and means its own environment.
  unset UV_PYTHON
}
