#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up, builds everything and runs the tests.
#
#   scripts/test.sh [--long] [--preset NAME] [CTEST ARGUMENTS]
#
#   --long          also the tests that carry the label `long`
#   --preset NAME   one of CMakePresets.json: release (default), dev, clang, asan, tsan
#   -R REGEX, ...   anything else goes to ctest
#
# JOBS=N limits compilers and tests at a time, BUILD_DIR builds elsewhere, MANTISSA_SETUP=no
# installs nothing. Exit code 0 only if every test passed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/phases.sh
source "$root/scripts/phases.sh"

preset=release
labels=(--label-exclude '^long$')
arguments=()
while (($# > 0)); do
  case $1 in
    --long) labels=() ;;
    --preset) preset=${2:?--preset needs a name}; shift ;;
    -h | --help) sed -n '3,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

packages=()
[[ $preset != clang ]] || packages=(clang)
[[ ${MANTISSA_SETUP:-yes} == no ]] || phase "set-up" "$root/scripts/setup.sh" "${packages[@]}"
cd "$root"
phase "build" build "$preset"
phase "tests" ctest --test-dir "$(build_directory "$preset")" --parallel "$(jobs_here)" \
  --output-on-failure --no-tests=error "${labels[@]}" "${arguments[@]}"
phase_times
