# SPDX-License-Identifier: Apache-2.0
"""Rooflines: what a chip could do at a workload's operational intensity, and what it did.

    attainable op/s = min(peak op/s, intensity [op/B] x DRAM bandwidth [B/s])
"""
import style
import tables

MOST = 8  # panels; more variants share one


def draw(results, out):
    points = [p for p in results.points if p.get("intensity_ops_per_byte") and p["throughput_ops"]
              and p["peak_throughput_ops"] and p["dram_peak_bandwidth_bytes_per_s"]]
    if not points:
        return []
    variants = tables.ordered(p["variant"] for p in points)
    # Too many for panels of their own: one panel with all roofs.
    shown = [("", points)] if len(variants) > MOST else [
        (v, [p for p in points if p["variant"] == v]) for v in variants]
    jobs = tables.ordered(p["job"] for p in points)
    hue = style.colours(jobs)
    figure, axes, columns = style.panels(len(shown), 2.5 if len(shown) > 1 else 4.2, sharex=True,
                                         sharey=True)
    ridges = [p["peak_throughput_ops"] / p["dram_peak_bandwidth_bytes_per_s"] for p in points]
    left = min(ridges + [p["intensity_ops_per_byte"] for p in points]) / 3
    right = max(ridges + [p["intensity_ops_per_byte"] for p in points]) * 3
    for index, (axis, (title, mine)) in enumerate(zip(axes, shown)):
        roofs = tables.ordered((p["peak_throughput_ops"], p["dram_peak_bandwidth_bytes_per_s"])
                               for p in mine)
        for peak, bandwidth in roofs:
            axis.plot([left, peak / bandwidth, right],
                      [left * bandwidth / 1e12, peak / 1e12, peak / 1e12],
                      color=style.INK if len(roofs) == 1 else style.GRID, linewidth=1.0)
        for p in mine:
            axis.plot(p["intensity_ops_per_byte"], p["throughput_ops"] / 1e12, "o", markersize=5.5,
                      color=hue[p["job"]], markeredgecolor=style.PAPER, markeredgewidth=0.5)
        axis.set_xlim(left, right)
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_title(title)
        if len(roofs) == 1:
            axis.text(0.97, 0.04, f"{style.readable('x_ops', peak)}\n"
                      f"{style.readable('x_bytes_per_s', bandwidth)}", transform=axis.transAxes,
                      ha="right", va="bottom", fontsize=8)
        axis.grid(True, which="major")
        style.plain_log(axis.xaxis)
        style.plain_log(axis.yaxis)
        if index % columns == 0:
            axis.set_ylabel("throughput [TOPS]")
        if index >= len(shown) - columns:
            axis.set_xlabel("intensity [op/B of DRAM]")
    handles = [axes[0].plot([], [], "o", color=hue[job], label=job)[0] for job in jobs]
    figure.legend(handles=handles, loc="upper center",
                  bbox_to_anchor=(0.5, 0.0), ncol=min(len(jobs), 6))
    return [style.save(figure, out, "roofline")]
