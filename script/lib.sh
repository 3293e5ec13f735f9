# Shared by the scripts of this folder: packages, build folders, messages. Sourced, not run.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

packages=(clang-19 libclang-rt-19-dev lld-19 ccache ninja-build cmake libboost1.81-dev libssl-dev libnghttp2-dev
  libsimdjson-dev libyaml-dev libluajit-5.1-dev libsqlite3-dev libfmt-dev libre2-dev libcli11-dev libarchive-dev
  zlib1g-dev libgtest-dev libgmock-dev libbenchmark-dev openssl python3)

# Installs what is missing; says nothing when all is there.
install_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >"${TMPDIR:-/tmp}/lesto-apt.log" 2>&1 || { cat "${TMPDIR:-/tmp}/lesto-apt.log" >&2; return 1; }
}

# configure FOLDER CMAKE-ARGUMENT...: writes the build files once, and again when the arguments change.
configure() {
  local folder="$1"; shift
  local wanted="$*"
  [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/arguments" 2>/dev/null)" = "$wanted" ] && return 0
  cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" \
    >"$folder.log" 2>&1 || { cat "$folder.log" >&2; return 1; }
  echo "$wanted" >"$folder/arguments"
}

export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
export NINJA_STATUS='[%f/%t] '
