// SPDX-License-Identifier: Apache-2.0
// Read before ipu.sv where a proof is about integers alone.
`define INTEGERS
