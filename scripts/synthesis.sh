#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the reference synthesis results anew: rtl/<unit>/synthesis.yaml, rtl/ipu/grid.
#   scripts/synthesis.sh [PROGRAM]      PROGRAM: build/release/mantissa
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/release/mantissa}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for unit in accumulator dma_agu fifo ipu mac requantize sram systolic vector_alu vsq vsq_ppu; do
  "$program" synth "$unit" --fresh -o "$scratch"
  cp "$scratch/synthesis.yaml" "rtl/$unit/synthesis.yaml"
done

# The inner-product unit over its window: two sizes, from the narrowest to one that never waits.
for lanes in 8 16; do
  for width in 12 16 20 24 28 38; do
    "$program" synth ipu --set "Lanes=$lanes" --set "Width=$width" --fresh -o "$scratch"
    mkdir -p "rtl/ipu/grid/lanes${lanes}_width$width"
    cp "$scratch/synthesis.yaml" "rtl/ipu/grid/lanes${lanes}_width$width/"
  done
done
