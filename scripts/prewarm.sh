#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Verilates the shipped configurations, so that a first co-simulation or lockstep run finds them in
# $MANTISSA_CACHE (otherwise ~/.cache/mantissa): every unit with its default parameters, and all
# units of the presets whose arrays are no larger than 32 x 32, in each of their formats. Larger
# arrays take minutes each and are compiled when they are first asked for.
#
#   scripts/prewarm.sh [PROGRAM]      PROGRAM: build/release/mantissa
#   cmake --build build/release --target prewarm
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/phases.sh
source "$root/scripts/phases.sh"
case ${1:-} in -h | --help) sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
mantissa=$(realpath "${1:-$root/build/release/mantissa}")
if [[ ! -x $mantissa ]]; then
  echo "prewarm.sh: no program at $mantissa; scripts/test.sh builds it" >&2
  exit 2
fi
cd "$root"

quietly() { "$@" >/dev/null; }  # messages are on stderr
in_lockstep() {  # ARCH FORMAT
  local unit words=(--set "core.matrix.formats=[$2]")
  for unit in matrix accumulator vector dma scratchpad; do
    words+=(--set "core.$unit.implementation=lockstep")
  done
  quietly "$mantissa" run "$1" examples/my_network.yaml --fidelity data "${words[@]}"
}

for unit in $("$mantissa" list units --names); do
  phase "$unit" quietly "$mantissa" cosim "$unit" --vectors 1
done
phase "edge_16x16, int8" in_lockstep edge_16x16 int8
for format in int8 bf16; do
  phase "systolic_32x32, $format" in_lockstep systolic_32x32 "$format"
done
phase_times
