#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Co-simulates units with ever new seeds until so many cycles have been compared, and stops at the
# first difference. What is done is kept, so that a stopped soak goes on where it was.
#
#   scripts/soak.sh                                    10^9 cycles of the 16 x 16 array
#   scripts/soak.sh 1e8 "systolic --set Dataflow=1" mac     cycles of each, and what to co-simulate
#   SOAK=out/soak VECTORS=20000 scripts/soak.sh        where its state lies, commands per seed
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
case ${1:-} in -h | --help) sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 0 ;; esac

cycles=$(awk -v c="${1:-1e9}" 'BEGIN {if (c + 0 < 1) exit 1; printf "%.0f", c}') || {
  echo "soak.sh: read '$1'; expected a number of cycles, such as 1e9" >&2
  exit 2
}
(($# > 0)) && shift
(($# > 0)) || set -- "systolic --set Rows=16 --set Columns=16"
state=${SOAK:-$root/out/soak}
vectors=${VECTORS:-20000}
mantissa=${MANTISSA:-$root/build/release/mantissa}
if [[ ! -x $mantissa ]]; then
  echo "soak.sh: no program at $mantissa; scripts/test.sh builds it, MANTISSA names another" >&2
  exit 2
fi
mkdir -p "$state"

for what in "$@"; do
  read -ra words <<<"$what"
  log=$state/$(tr -c 'A-Za-z0-9=\n' '_' <<<"$what").tsv  # seed, cycles, seconds
  touch "$log"
  # A line that was cut off by a stop is left out.
  awk -F'\t' 'NF == 3' "$log" >"$log.whole" && mv "$log.whole" "$log"
  while :; do
    read -r seed compared seconds < <(awk -F'\t' '{c += $2; s += $3} END {print NR + 1, c + 0, s + 0}' "$log")
    awk -v d="$compared" -v c="$cycles" -v s="$seconds" -v w="$what" 'BEGIN {
      left = d > 0 ? s * (c - d) / d : 0
      rate = s > 0 ? d / s / 1e6 : 0
      if (left < 0) left = 0
      printf "%s: %.1f %% of %.0f cycles, %.2f Mcycles/s, %.0f min left\n", w, 100 * d / c, c, rate,
             left / 60 }' >&2
    ((compared >= cycles)) && break
    json=$("$mantissa" cosim "${words[@]}" --vectors "$vectors" --seed "$seed" --json 2>"$log.err") || {
      cat "$log.err" >&2
      [[ -n $json ]] && printf '%s\n' "$json"
      echo "soak.sh: $what fails with --vectors $vectors --seed $seed" >&2
      exit 1
    }
    printf '%s\n' "$json" | /usr/bin/python3 -c '
import json, sys
result = json.load(sys.stdin)
print(sys.argv[1], result["cycles"], result["host"]["seconds"], sep="\t")' "$seed" >>"$log"
  done
  rm -f "$log.err"
done
