#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the figures of a study: DIR/figures.json, which 'mantissa exec -o DIR' wrote.

    scripts/plot/study.py DIR

writes DIR/plots/NAME.svg and .png and prints their names. Series whose label begins with
"published" are open markers in ink; intervals are bands around lines, error bars at dots and bars;
series of steps are a staircase below the dots.
Needs the package python3-matplotlib.
"""
import argparse
import json
import pathlib
import sys

MISSING = 3  # exit code: matplotlib is not installed
MARKERS = "osD^v"


def is_published(series):
    return series["label"].lower().startswith("published")


def published_markers(axis, series, index, places):
    import style
    axis.plot(places, series["y"], MARKERS[index % len(MARKERS)], markersize=7, zorder=3,
              markerfacecolor=style.PAPER, markeredgecolor=style.INK, label=series["label"])
    errors(axis, places, series, style.INK)


def errors(axis, places, series, colour):
    if not series["low"]:
        return
    below = [max(0, y - low) for y, low in zip(series["y"], series["low"])]
    above = [max(0, high - y) for y, high in zip(series["y"], series["high"])]
    axis.errorbar(places, series["y"], yerr=[below, above], fmt="none", ecolor=colour, capsize=3,
                  linewidth=1, zorder=2)


def line(axis, series, colour):
    points = sorted(zip(series["x"], series["y"]))
    axis.plot([x for x, _ in points], [y for _, y in points], "-o", color=colour, linewidth=1.4,
              markersize=3.5, markeredgewidth=0, label=series["label"])
    if series["low"]:
        band = sorted(zip(series["x"], series["low"], series["high"]))
        axis.fill_between([b[0] for b in band], [b[1] for b in band], [b[2] for b in band],
                          color=colour, alpha=0.2, linewidth=0)


def scatter(axis, series, colour):
    axis.plot(series["x"], series["y"], "o", color=colour, markersize=5.5, markeredgewidth=0,
              alpha=0.8, label=series["label"])
    errors(axis, series["x"], series, colour)


def steps(axis, series):
    """The best that can be had: from each corner on until the next one."""
    import style
    points = sorted(zip(series["x"], series["y"]))
    axis.step([x for x, _ in points], [y for _, y in points], where="post", color=style.GRID,
              linewidth=1, zorder=1, label=series["label"])


def bars(axis, figure, ours, published):
    """Ours side by side around x = 0, 1, ...; published ones over the group."""
    import style
    width = 0.8 / max(1, len(ours))
    for i, series in enumerate(ours):
        places = [x + (i - (len(ours) - 1) / 2) * width for x in series["x"]]
        axis.bar(places, series["y"], 0.92 * width, color=style.colour(i), linewidth=0,
                 label=series["label"])
        errors(axis, places, series, style.INK)
    for i, series in enumerate(published):
        # The n-th published series belongs to the n-th of ours where there are as many.
        beside = (i - (len(ours) - 1) / 2) * width if len(published) == len(ours) else 0
        published_markers(axis, series, i, [x + beside for x in series["x"]])
    ticks = figure["ticks"]
    axis.set_xticks(range(len(ticks)), ticks,
                    rotation=30 if sum(map(len, ticks)) > 90 else 0,
                    ha="right" if sum(map(len, ticks)) > 90 else "center")
    axis.tick_params(axis="x", length=0)
    axis.grid(True, axis="y")


def draw(figure, out):
    from matplotlib import pyplot
    import style
    plot, axis = pyplot.subplots(figsize=(style.WIDTH, 4.0), constrained_layout=True)
    published = [s for s in figure["series"] if is_published(s)]
    stairs = [s for s in figure["series"] if s["steps"]]
    ours = [s for s in figure["series"] if not is_published(s) and s not in stairs]
    if figure["kind"] == "bar":
        bars(axis, figure, ours, published)
    else:
        for i, series in enumerate(ours):
            (line if figure["kind"] == "line" else scatter)(axis, series, style.colour(i))
        for i, series in enumerate(published):
            published_markers(axis, series, i, series["x"])
        for series in stairs:
            steps(axis, series)
        axis.grid(True)
    for part, name in ((axis.xaxis, "x"), (axis.yaxis, "y")):
        if figure[name]["logarithmic"]:
            getattr(axis, f"set_{name}scale")("log")
            style.plain_log(part)
        getattr(axis, f"set_{name}label")(figure[name]["label"])
    axis.set_title(figure["title"])
    named = [p for s in figure["series"] for p in zip(s["x"], s["y"], s["names"])]
    if named:
        axis.margins(0.08)
        plot.canvas.draw()  # the axes have their size only then
        style.name_points(axis, named, [c for s in stairs for c in zip(s["x"], s["y"])])
    if len(figure["series"]) > 1:
        plot.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0),
                    ncol=min(5, len(figure["series"])))
    return style.save(plot, out, figure["name"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        import matplotlib
    except ImportError:
        print("figures need matplotlib, which is not installed: "
              "apt-get install python3-matplotlib", file=sys.stderr)
        return MISSING
    matplotlib.use("Agg")
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

    figures = json.loads((arguments.directory / "figures.json").read_text(encoding="utf-8"))
    out = arguments.directory / "plots"
    out.mkdir(exist_ok=True)
    for old in list(out.glob("*.svg")) + list(out.glob("*.png")):
        old.unlink()  # a figure that the new results do not have must not stay
    for figure in figures:
        print(draw(figure, out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
