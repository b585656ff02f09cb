#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that Mantissa is built from and that are not there yet.
#
#   scripts/setup.sh                 what building, testing and drawing need
#   scripts/setup.sh clang           further packages by name
#   scripts/setup.sh --check         installs nothing; prints what is missing, exit code 1 if any is
#
# Needs root or sudo only when something is missing. Everything comes from Debian 12 itself.
set -euo pipefail

packages=(
  # compiler and tools
  cmake ninja-build g++ ccache pkg-config protobuf-compiler
  # libraries that the program links
  libsystemc-dev libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev libprotobuf-dev
  libonnx-dev libsqlite3-dev zlib1g-dev libssl-dev libboost-dev
  # the executor of algorithms, fast matrix products for it, and its small data set
  libtorch-dev libopenblas0 python3-sklearn
  # RTL: simulation, synthesis, timing, proof, and the cell library of the reference results
  verilator yosys opensta qflow-tech-osu018 z3
  # tests and benchmarks
  libgtest-dev libgmock-dev libbenchmark-dev libdnnl-dev
  # figures of the report
  python3 python3-matplotlib
)

check=no
for argument in "$@"; do
  case $argument in
    --check) check=yes ;;
    -h | --help) sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "setup.sh: no option $argument; see setup.sh --help" >&2; exit 2 ;;
    *) packages+=("$argument") ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this is not Debian, so nothing is installed. What the build needs is packaged" >&2
  echo "there as: ${packages[*]}" >&2
  exit 0  # whoever has them from elsewhere goes on; CMake names what it does not find
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  [[ $check == yes ]] || echo "all ${#packages[@]} packages are installed"
  exit 0
fi
if [[ $check == yes ]]; then
  printf '%s\n' "${missing[@]}"
  exit 1
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: these packages are missing, and there is neither root nor sudo to install" >&2
    echo "them. Ask an administrator for: apt-get install ${missing[*]}" >&2
    exit 4
  fi
  as_root=(sudo)
fi

echo "installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
# A fresh machine has no package lists at all, an old one those of yesterday.
if ! "${apt[@]}" update >/dev/null; then
  echo "setup.sh: the package lists could not be renewed; trying with those that are here" >&2
fi
if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; then
  echo "setup.sh: apt-get could not install ${missing[*]}" >&2
  echo "Is the network up, and is this Debian 12 or later (cat /etc/os-release)?" >&2
  exit 4
fi
