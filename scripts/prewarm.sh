#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Verilates the shipped configurations, so that a first co-simulation or lockstep run finds them in
# $MANTISSA_CACHE (otherwise ~/.cache/mantissa): every unit with its default parameters, and the units
# of the presets of arrays no larger than 32 x 32, of inner-product units and of vector MACs, in
# formats that RTL has. Larger arrays take minutes each and are compiled when they are first asked for.
#
#   scripts/prewarm.sh [PROGRAM]      PROGRAM: build/release/mantissa
#   cmake --build build/release --target prewarm
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/phases.sh
source "$root/scripts/phases.sh"
case ${1:-} in -h | --help) sed -n '3,10s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
mantissa=$(realpath "${1:-$root/build/release/mantissa}")
if [[ ! -x $mantissa ]]; then
  echo "prewarm.sh: no program at $mantissa; scripts/test.sh builds it" >&2
  exit 2
fi
cd "$root"

quietly() { "$@" >/dev/null; }  # messages are on stderr
in_lockstep() {  # ARCH FORMATS UNIT...
  local arch=$1 unit words=(--set "core.matrix.formats=[$2]")
  shift 2
  for unit in "$@"; do
    words+=(--set "core.$unit.implementation=lockstep")
  done
  quietly "$mantissa" run "$arch" examples/my_network.yaml --fidelity data "${words[@]}"
}

for unit in $("$mantissa" list units --names); do
  phase "$unit" quietly "$mantissa" cosim "$unit" --vectors 1
done
all=(matrix accumulator vector dma scratchpad)
phase "edge_16x16, int8" in_lockstep edge_16x16 int8 "${all[@]}"
for format in int8 bf16; do
  phase "systolic_32x32, $format" in_lockstep systolic_32x32 "$format" "${all[@]}"
done
# Inner-product units and vector MACs have accumulators of their own.
for format in int8 fp16; do
  phase "ipu_small, $format" in_lockstep ipu_small "$format" matrix
  phase "ipu_big, $format" in_lockstep ipu_big "$format" matrix
done
phase "vsq_4_4_4_4" in_lockstep vsq_4_4_4_4 fp16 matrix
phase "vsq_8_8" in_lockstep vsq_8_8 fp16 matrix
phase_times
