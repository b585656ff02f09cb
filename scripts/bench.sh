#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what the benchmarks of tests/bench promise, and fails when a bound is broken.
#
#   scripts/bench.sh                                  everything; leave the machine alone meanwhile
#   scripts/bench.sh --benchmark_filter=resnet50      some; see mantissa_bench --help
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/phases.sh
source "$root/scripts/phases.sh"

[[ ${MANTISSA_SETUP:-yes} == no ]] || phase "set-up" "$root/scripts/setup.sh"
cd "$root"
phase "build" build release mantissa_bench mantissa_executor_bench
status=0
"$(build_directory release)/mantissa_bench" "$@" || status=1
"$(build_directory release)/mantissa_executor_bench" "$@" || status=1
exit $status
