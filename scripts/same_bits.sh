#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Do two programs, built by different compilers, give the same results to the last bit?
#
#   scripts/same_bits.sh build/release/mantissa build/clang/mantissa
#
# Every file of every run is compared: cycles, layers, energy, computed tensors, the timeline. Only
# the versions of compiler and source may differ. Exit code 1 when anything else does.
set -euo pipefail
(($# == 2)) || { echo "usage: same_bits.sh PROGRAM PROGRAM" >&2; exit 2; }

runs=(
  "systolic_32x32 resnet18"
  "systolic_128x128 resnet50"
  "tpu_v2 gpt2_small"
  "tpu_v1 resnet18 --set memory=dram"
  "edge_16x16 mobilenet_v2 --fidelity data"
  "systolic_32x32 lstm --fidelity data"
  "systolic_32x32 resnet18 --fidelity data --set core.matrix.formats=[bf16]"
  "systolic_32x32 lstm --fidelity data --set core.matrix.formats=[bf16] --set core.matrix.dataflow=output_stationary"
)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0
for run in "${runs[@]}"; do
  read -ra arguments <<<"$run"
  for side in 0 1; do
    program=("$1" "$2")
    "${program[side]}" run "${arguments[@]}" -o "$folder/$side" >/dev/null 2>"$folder/log" || {
      cat "$folder/log" >&2
      exit 1
    }
    sed -i -E '/"(compiler|revision)": /d' "$folder/$side/result.json"
  done
  if diff -r "$folder/0" "$folder/1" >"$folder/differences"; then
    echo "  same bits  $run"
  else
    echo "  DIFFERENT  $run"
    cut -c1-200 "$folder/differences" | head -20
    status=1
  fi
  rm -rf "$folder"/[01]
done
exit $status
