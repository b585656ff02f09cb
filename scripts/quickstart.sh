#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 machine to a first report:
#
#   scripts/quickstart.sh [OUT]      results go to OUT, or to out/quickstart
#
#   1. installs the Debian packages that are missing      3. sweeps configs/sweep/quickstart.yaml
#   2. builds the program into build/release              4. draws the report and one timeline
#
# Run again, it does only what is left to do. JOBS=N limits compilers and workers, BUILD_DIR builds
# elsewhere, MANTISSA_SETUP=no skips step 1.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/phases.sh
source "$root/scripts/phases.sh"

case ${1:-} in
  -h | --help) sed -n '3,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) echo "quickstart.sh: no option $1; see quickstart.sh --help" >&2; exit 2 ;;
esac
out=$(realpath -m --relative-to="$PWD" "${1:-$root/out/quickstart}")
sweep=$root/configs/sweep/quickstart.yaml

[[ ${MANTISSA_SETUP:-yes} == no ]] || phase "set-up" "$root/scripts/setup.sh"
cd "$root"  # presets are found from here
phase "build" build release mantissa
mantissa=$(build_directory release)/mantissa
cd - >/dev/null

phase "sweep" "$mantissa" sweep "$sweep" -o "$out" -j "$(jobs_here)" --resume
phase "one run" "$mantissa" run systolic_128x128 resnet50 -o "$out/run"
phase "report" "$mantissa" report "$out"

cat <<END

Where things are
  $out/report.html             the report; open it in any browser, no network needed
  $out/plots/                  its figures, as SVG and PNG
  $out/points.csv              one row per point; layers.csv, energy.csv beside it
  $out/results.sqlite          everything, with configurations, hashes and versions
  $out/run/result.json         one run in full: ResNet-50 on a 128 x 128 array
  $out/run/timeline.json.gz    its timeline; open it at https://ui.perfetto.dev
  $mantissa     the program; try: $mantissa --help

$(phase_times)
END
