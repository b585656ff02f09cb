#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes elementary_tables.cpp and elementary_table_erfcx.cpp beside this file (needs mpmath).

Each function is cut into equal segments; on each, the cubic that interpolates it at the four
Chebyshev nodes, in the segment's own variable d in [0, 1), coefficients rounded to 2^-40.
"""
import pathlib
import mpmath as mp

mp.mp.prec = 200
HERE = pathlib.Path(__file__).parent


def cubic(f, begin, width):
    nodes = [(1 - mp.cos((2 * i + 1) * mp.pi / 8)) / 2 for i in range(4)]
    rows = mp.matrix([[node**j for j in range(4)] for node in nodes])
    values = mp.matrix([f(begin + width * node) for node in nodes])
    return [int(mp.nint(c * 2**40)) for c in mp.lu_solve(rows, values)]


def table(name, f, begin, width, count):
    lines = [f"const Cubic {name}[{count}] = {{"]
    for i in range(count):
        lines.append("    {" + ", ".join(map(str, cubic(f, begin + i * width, width))) + "},")
    return lines + ["};", ""]


def write(file, lines):
    head = [
        "// SPDX-License-Identifier: Apache-2.0",
        "// Written by make_elementary_tables.py.",
        '#include "base/numerics/elementary_tables.h"',
        "",
        "namespace mantissa::numerics::tables {",
        "",
    ]
    (HERE / file).write_text("\n".join(head + lines + ["}  // namespace mantissa::numerics::tables\n"]))


def ratio(f):
    """f(x)/x, continued through 0."""
    return lambda x: f(x) / x if x != 0 else mp.diff(f, 0)


s = mp.mpf(1) / 64
write("elementary_tables.cpp",
      table("exp2", lambda x: mp.mpf(2)**x, 0, s, 64) +
      table("reciprocal", lambda x: 1 / x, 1, s, 64) +
      table("rsqrt", lambda x: 1 / mp.sqrt(x), 1, s, 64) +
      table("rsqrt_twice", lambda x: 1 / mp.sqrt(2 * x), 1, s, 64) +
      table("log1p_ratio", ratio(mp.log1p), -19 * s, s, 46) +
      table("tanh_ratio", ratio(mp.tanh), 0, s / 2, 64) +
      table("erf_ratio", ratio(mp.erf), 0, s, 64))
write("elementary_table_erfcx.cpp",
      table("erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), 0, 2 * s, 344))
