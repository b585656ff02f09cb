# SPDX-License-Identifier: Apache-2.0
"""Pareto fronts: one panel per job, the first two objectives as axes, area as the size of the dot."""
import math
import re

import style
import tables

MOST = 8      # panels
LABELS = 9    # labelled points per panel; with more points, the ends of the line come first


def draw(results, out, objectives):
    columns = [c for c in objectives if any(p.get(c) for p in results.points)]
    if "latency_s" not in columns[:2] and len(columns) < 2:
        columns.insert(0, "latency_s")
    columns += [c for c in ("latency_s", "energy_pj") if c not in columns]
    x, y = columns[:2]
    points = [p for p in results.points if p.get(x) and p.get(y)]
    jobs = [j for j in tables.ordered(p["job"] for p in points)
            if sum(p["job"] == j for p in points) > 1][:MOST]
    if not jobs:
        return []
    variants = tables.ordered(p["variant"] for p in points)
    hue = style.colours(variants) if len(variants) <= len(style.PALETTE) else None
    largest = max((p.get("area_um2") or 0) for p in points) or 1
    width = 2 if len(jobs) > 1 else 1
    figure, axes, per_line = style.panels(len(jobs), 3.0 if width == 2 else 4.2, columns=width)
    for index, (axis, job) in enumerate(zip(axes, jobs)):
        mine = [p for p in points if p["job"] == job]
        fx, ux = style.scale(x, [p[x] for p in mine])
        fy, uy = style.scale(y, [p[y] for p in mine])
        front = staircase((p[x] / fx, p[y] / fy) for p in mine if p["feasible"] == "yes")
        axis.step([a for a, _ in front], [b for _, b in front], where="post", color=style.GRID,
                  linewidth=1)
        for p in mine:
            on_front = p["pareto"] == "yes"
            colour = hue[p["variant"]] if hue else style.colour(0 if on_front else 1)
            axis.scatter(p[x] / fx, p[y] / fy,
                         s=14 + (150 if len(mine) <= 20 else 30) * (p.get("area_um2") or 0) / largest,
                         facecolor=colour if on_front else "none", edgecolor=colour,
                         linewidth=1.2, alpha=1 if p["feasible"] == "yes" else 0.35)
        axis.set_xscale("log")
        axis.set_yscale("log")
        spread(axis)
        corners = set(front)
        named = sorted(mine, key=lambda p: ((p[x] / fx, p[y] / fy) not in corners,
                                            p["pareto"] != "yes"))
        if len(mine) > LABELS:
            named = [p for p in named if (p[x] / fx, p[y] / fy) in corners]
        label(axis, [(p[x] / fx, p[y] / fy, short(p["variant"])) for p in named[:LABELS]])
        axis.set_title(job)
        axis.grid(True, which="major")
        style.plain_log(axis.xaxis)
        style.plain_log(axis.yaxis)
        axis.set_xlabel(f"{style.title(x).lower()} [{ux}]")
        if index % per_line == 0:
            axis.set_ylabel(f"{style.title(y).lower()} [{uy}]")
        else:
            axis.set_ylabel(f"[{uy}]")
    return [style.save(figure, out, "pareto")]


def staircase(points):
    """The points that no other beats in both axes, from left to right. Points that are on the front
    for a third objective, area, lie above it."""
    steps = []
    for x, y in sorted(points):
        if not steps or y < steps[-1][1]:
            steps.append((x, y))
    return steps


def short(variant):
    """Of long names the values alone: rows=256 columns=64 is 256, 64."""
    words = re.split(r" (?=[\w.]+=)", variant)
    return variant if len(variant) < 26 else ", ".join(w.partition("=")[2] or w for w in words)


def spread(axis):
    """Room for labels: a third of a decade on every side."""
    for get, put in ((axis.get_xlim, axis.set_xlim), (axis.get_ylim, axis.set_ylim)):
        low, high = get()
        put(low / 1.5, high * 1.8)


def label(axis, texts):
    """Names beside their dots, each moved up until it covers no other name."""
    (x0, x1), (y0, y1) = (map(math.log10, axis.get_xlim()), map(math.log10, axis.get_ylim()))
    def axes_point(x, y):
        return (math.log10(x) - x0) / (x1 - x0), (math.log10(y) - y0) / (y1 - y0)

    # Boxes that are taken: (left, right, height of the middle). First the dots themselves.
    placed = [(u - 0.02, u + 0.02, v) for u, v in (axes_point(x, y) for x, y, _ in texts)]
    for x, y, text in sorted(texts, key=lambda t: t[1]):
        u, v = axes_point(x, y)
        width = 0.017 * len(text)
        left = u + width > 0.98
        begin = u - 0.025 - width if left else u + 0.025
        at = v + 0.022
        while at < 0.97 and any(abs(at - other) < 0.055 and begin < right and begin + width > start
                  for start, right, other in placed):
            at += 0.02
        placed.append((begin, begin + width, at))
        axis.annotate(text, (x, y), xytext=(u - 0.025 if left else u + 0.025, at),
                      textcoords="axes fraction", fontsize=8, va="center",
                      ha="right" if left else "left",
                      arrowprops=dict(arrowstyle="-", color=style.GRID, linewidth=0.5)
                      if at - v > 0.05 else None)
