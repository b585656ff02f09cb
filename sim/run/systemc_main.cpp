// SPDX-License-Identifier: Apache-2.0
// Debian's libsystemc brings a `main` that calls the user's sc_main, and does not link without one.
// Programs of this project have a main of their own and start the kernel from arch::Session. Weak:
// a program that does define sc_main keeps its own.
#include <systemc>

extern "C" __attribute__((weak)) int sc_main(int, char*[]) { return 0; }
