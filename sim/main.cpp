// SPDX-License-Identifier: Apache-2.0
// The program `mantissa`. Everything it can do is in sim/cli, one file per command.
#include "sim/cli/program.h"

#include "sim/run/interrupt.h"

int main(int argc, char** argv) {
  mantissa::sim::install_interrupt_handler();
  auto console = mantissa::cli::Console::standard();
  return mantissa::cli::run_program({argv + 1, argv + argc}, console);
}
