#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the reference synthesis results anew: rtl/<unit>/synthesis.yaml.
#   scripts/synthesis.sh [PROGRAM]      PROGRAM: build/release/mantissa
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/release/mantissa}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for unit in accumulator dma_agu fifo mac requantize sram systolic vector_alu vsq vsq_ppu; do
  "$program" synth "$unit" --fresh -o "$scratch"
  cp "$scratch/synthesis.yaml" "rtl/$unit/synthesis.yaml"
done
