# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154  # $root: the folder of the project
# Sourced by the scripts of this folder: named phases with their times, and how to build.
#
#   phase "build" build release mantissa     runs it, and remembers how long it took
#   phase_times                              one line per phase, and the sum

phase_names=()
phase_seconds=()

seconds_since() {  # $EPOCHREALTIME has microseconds, and a comma in some locales
  local now=${EPOCHREALTIME/,/.}
  awk -v a="$1" -v b="$now" 'BEGIN {printf "%.1f", b - a}'
}

phase() {
  local name=$1 begin=${EPOCHREALTIME/,/.} status=0
  shift
  printf '== %s\n' "$name"
  "$@" || status=$?
  phase_names+=("$name")
  phase_seconds+=("$(seconds_since "$begin")")
  if ((status != 0)); then
    printf '%s: %s failed with exit code %d\n' "${0##*/}" "$name" "$status" >&2
    exit "$status"
  fi
}

phase_times() {
  local i sum=0
  for i in "${!phase_names[@]}"; do
    printf '  %7.1f s  %s\n' "${phase_seconds[i]}" "${phase_names[i]}"
    sum=$(awk -v a="$sum" -v b="${phase_seconds[i]}" 'BEGIN {print a + b}')
  done
  printf '  %7.1f s  in all\n' "$sum"
}

# One compiler per processor, as far as memory allows (1 GiB each); JOBS overrides.
jobs_here() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  ((memory < 1)) && memory=1
  echo "${JOBS:-$((processors < memory ? processors : memory))}"
}

# build PRESET [TARGET...]: into build/PRESET, or into $BUILD_DIR. The presets are in
# CMakePresets.json.
build() {
  local preset=$1 directory
  shift
  directory=$(build_directory "$preset")
  cmake --preset "$preset" -B "$directory" >"$directory.log" || {
    cat "$directory.log" >&2
    return 1
  }
  local targets=()
  (($# > 0)) && targets=(--target "$@")
  cmake --build "$directory" --parallel "$(jobs_here)" "${targets[@]}"
}

build_directory() {
  mkdir -p "$root/build"
  echo "${BUILD_DIR:-$root/build/$1}"
}
