// SPDX-License-Identifier: Apache-2.0
// Read before fp32_pkg.sv where a proof needs a format within the reach of a solver.
`define SMALL_FLOAT
