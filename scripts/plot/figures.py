#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the figures of a results directory: DIR/points.csv, layers.csv, energy.csv, published.csv.

    scripts/plot/figures.py DIR [--objectives latency_s,energy_pj]

writes DIR/plots/*.svg and *.png and prints their names. `mantissa report` calls it; it also works
alone on any exported tables. Needs the package python3-matplotlib.
"""
import argparse
import pathlib
import sys

MISSING = 3  # exit code: matplotlib is not installed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--objectives", default="latency_s,energy_pj",
                        help="columns of points.csv, the first two are the axes of the front")
    arguments = parser.parse_args()
    try:
        import matplotlib
    except ImportError:
        print("figures need matplotlib, which is not installed: "
              "apt-get install python3-matplotlib", file=sys.stderr)
        return MISSING
    matplotlib.use("Agg")

    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    import cycles
    import energy
    import parameters
    import pareto
    import published
    import roofline
    import tables
    import utilization

    results = tables.read(arguments.directory)
    out = arguments.directory / "plots"
    out.mkdir(exist_ok=True)
    for old in list(out.glob("*.svg")) + list(out.glob("*.png")):
        old.unlink()  # a figure that the new results do not have must not stay
    objectives = arguments.objectives.split(",")
    for draw in (lambda: roofline.draw(results, out), lambda: pareto.draw(results, out, objectives),
                 lambda: parameters.draw(results, out, objectives),
                 lambda: cycles.draw(results, out), lambda: energy.draw(results, out),
                 lambda: utilization.draw(results, out), lambda: published.draw(results, out)):
        for name in draw():
            print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
