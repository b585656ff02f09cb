# SPDX-License-Identifier: Apache-2.0
"""Horizontal stacked bars, grouped by job, shared by the energy and the cycle figures."""
import style
import tables

MOST_BARS = 60


def groups(points):
    """Points of each job in order, at most MOST_BARS in all."""
    jobs = tables.ordered(p["job"] for p in points)
    each = max(1, MOST_BARS // max(1, len(jobs)))
    return [(job, [p for p in points if p["job"] == job][:each]) for job in jobs]


def stacked(points, parts, colours, xlabel, right_label, relative=False):
    """parts(point) -> {part: value}. With `relative`, the longest bar of each job has full length,
    since jobs may differ by orders of magnitude. Returns the figure, or None without points."""
    from matplotlib import pyplot
    grouped = groups(points)
    count = sum(len(members) for _, members in grouped)
    if count == 0:
        return None
    height = 0.21 * count + 0.42 * len(grouped) + 1.0
    figure, axis = pyplot.subplots(figsize=(style.WIDTH, height), constrained_layout=True)
    at, ticks, names = 0.0, [], []
    most = 100
    for job, members in grouped:
        axis.text(0, at - 0.1, job, fontweight="bold", va="bottom", ha="left")
        at += 0.55
        scale = 100 / (max(sum(parts(p).values()) for p in members) or 1) if relative else 1
        for p in members:
            left = 0.0
            for part, value in parts(p).items():
                axis.barh(at, value * scale, left=left, height=0.78, color=colours[part], linewidth=0)
                left += value * scale
            axis.text(left + 0.008 * most, at, right_label(p), va="center", fontsize=8)
            ticks.append(at)
            names.append(p["variant"])
            at += 1
        at += 0.9
    axis.set_yticks(ticks, names)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(at - 0.6, -1.2)
    axis.set_xlim(0, most * (1.22 if relative else 1.12))
    axis.spines["left"].set_visible(False)
    axis.set_xlabel(xlabel)
    if relative:
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
    else:
        axis.grid(True, axis="x")
    used = [part for part in colours
            if any(parts(p).get(part, 0) > 0 for _, m in grouped for p in m)]
    handles = [axis.barh(0, 0, color=colours[part]) for part in used]
    figure.legend(handles, used, loc="upper center", bbox_to_anchor=(0.5, 0.0),
                  ncol=min(7, len(used)), handlelength=1, columnspacing=1.2)
    return figure
