#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the reference synthesis results anew: rtl/<unit>/synthesis.yaml, floating point below it,
# rtl/ipu/grid and digits, rtl/vsq/grid, rtl/vsq_ppu by order and sign.
#   scripts/synthesis.sh [PROGRAM]      PROGRAM: build/release/mantissa
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/release/mantissa}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for unit in accumulator dma_agu embedding_lookup fifo ipu mac pe_group requantize sram systolic \
    vector_alu vsq vsq_ppu; do
  "$program" synth "$unit" --fresh -o "$scratch"
  cp "$scratch/synthesis.yaml" "rtl/$unit/synthesis.yaml"
done

# bf16 products into fp32 sums, fp32 lanes.
for result in mac/bf16 vector_alu/fp32; do
  "$program" synth "${result%/*}" --set Format=1 --fresh -o "$scratch"
  mkdir -p "rtl/$result"
  cp "$scratch/synthesis.yaml" "rtl/$result/"
done

# Post-processing with the exact scale; with unsigned results, as after ReLU.
ppu() {
  folder=rtl/vsq_ppu/$1
  shift
  "$program" synth vsq_ppu "$@" --fresh -o "$scratch"
  mkdir -p "$folder"
  cp "$scratch/synthesis.yaml" "$folder/"
}
ppu data_first --set ScaleFirst=0
ppu unsigned --set OutputSigned=0
ppu data_first_unsigned --set ScaleFirst=0 --set OutputSigned=0
ppu v64_data_first --set VectorLength=64 --set ScaleFirst=0

# The inner-product unit over its window: two sizes, from the narrowest to one that never waits.
for lanes in 8 16; do
  for width in 12 16 20 24 28 38; do
    "$program" synth ipu --set "Lanes=$lanes" --set "Width=$width" --fresh -o "$scratch"
    mkdir -p "rtl/ipu/grid/lanes${lanes}_width$width"
    cp "$scratch/synthesis.yaml" "rtl/ipu/grid/lanes${lanes}_width$width/"
  done
done

# The vector MAC by widths: weights, activations, their scales, the rounded scale product; whether
# activations are signed.
vsq() {
  name="w$1_a$2"
  test "$6" = 1 || name="${name}u"
  test "$3" = 0 || name="${name}_ws$3_as$4"
  test "$5" = 0 || name="${name}_r$5"
  "$program" synth vsq --set "WeightWidth=$1" --set "ActivationWidth=$2" \
    --set "WeightScaleWidth=$3" --set "ActivationScaleWidth=$4" --set "ProductWidth=$5" \
    --set "ActivationSigned=$6" --fresh -o "$scratch"
  mkdir -p "rtl/vsq/grid/$name"
  cp "$scratch/synthesis.yaml" "rtl/vsq/grid/$name/"
}
for signed in 1 0; do
  vsq 8 8 0 0 0 $signed
  vsq 4 8 0 0 0 $signed
  vsq 4 8 4 4 0 $signed
  vsq 4 8 6 10 0 $signed
  vsq 4 8 6 10 6 $signed
  vsq 4 4 0 0 0 $signed
  vsq 4 4 4 4 4 $signed
  vsq 4 4 4 4 6 $signed
  vsq 3 3 0 0 0 $signed
  vsq 3 3 4 4 0 $signed
done
vsq 4 4 4 4 0 0  # signed: rtl/vsq/synthesis.yaml
vsq 5 5 0 0 0 1  # twice E2M1: elements of MXFP4
vsq 5 5 4 4 0 1  # and with the significands of E4M3 scales: of NVFP4
vsq 8 8 4 4 0 1
"$program" synth vsq --set VectorLength=64 --fresh -o "$scratch"
mkdir -p rtl/vsq/grid/v64_w4_a4_ws4_as4
cp "$scratch/synthesis.yaml" rtl/vsq/grid/v64_w4_a4_ws4_as4/

# Other multipliers, with as many safe places as 16 bits of window leave nibbles: MC-SER, MC-IPU84,
# MC-IPU8; integers alone, whose window is a product; binary16 alone, a significand at a time, never
# waiting.
digits() {
  folder=rtl/ipu/digits/$1
  shift
  "$program" synth ipu --set Lanes=8 "$@" --fresh -o "$scratch"
  mkdir -p "$folder"
  cp "$scratch/synthesis.yaml" "$folder/"
}
digits 12x1_width20 --set DigitA=12 --set DigitB=1 --set Width=20
digits 8x4_width20 --set DigitA=8 --set DigitB=4 --set Width=20
digits 8x8_width24 --set DigitA=8 --set DigitB=8 --set Width=24
digits 4x4_integers --set Width=9 --set FractionWidth=13 --set Formats=1
digits 8x8_integers --set DigitA=8 --set DigitB=8 --set Width=17 --set FractionWidth=13 \
  --set Formats=1
digits 11x11_binary16 --set DigitA=11 --set DigitB=11 --set Width=52 --set Formats=2
