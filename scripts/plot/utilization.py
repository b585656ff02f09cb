# SPDX-License-Identifier: Apache-2.0
"""Utilization of the matrix unit per layer: one strip per variant, one cell per layer, one panel
per job. A dark column is a layer that suits no array, a dark line an array that suits no layer."""
import style
import tables

MOST_JOBS, MOST_VARIANTS = 10, 16


def draw(results, out):
    from matplotlib import pyplot
    layers = [l for l in results.layers if l["engine"] == "matrix" and l["core"] == 0]
    jobs = tables.ordered(l["job"] for l in layers)[:MOST_JOBS]
    if not jobs:
        return []
    strips = {job: tables.ordered(l["variant"] for l in layers if l["job"] == job)[:MOST_VARIANTS]
              for job in jobs}
    heights = [len(strips[job]) + 1.6 for job in jobs]
    figure, axes = pyplot.subplots(len(jobs), 1, figsize=(style.WIDTH, 0.2 * sum(heights) + 0.6),
                                   squeeze=False, constrained_layout=True,
                                   gridspec_kw={"height_ratios": heights})
    image = None
    for axis, job in zip((a[0] for a in axes), jobs):
        grid = []
        for variant in strips[job]:
            grid.append([100 * l["utilization"] for l in layers
                         if l["job"] == job and l["variant"] == variant])
        most = max(len(line) for line in grid)
        grid = [line + [float("nan")] * (most - len(line)) for line in grid]
        image = axis.pcolormesh(grid, cmap="cividis", vmin=0, vmax=100, edgecolors=style.PAPER,
                                linewidth=0.4 if most < 120 else 0)
        axis.set_yticks([i + 0.5 for i in range(len(grid))], strips[job])
        axis.invert_yaxis()
        axis.set_title(f"{job}: {most} layers on the matrix unit, first to last")
        axis.set_xticks([])
        axis.tick_params(length=0)
        for side in axis.spines.values():
            side.set_visible(False)
    bar = figure.colorbar(image, ax=[a[0] for a in axes], shrink=min(1, 2.5 / (0.2 * sum(heights))),
                          pad=0.01, aspect=14)
    bar.set_label("utilization [%]")
    bar.outline.set_visible(False)
    return [style.save(figure, out, "utilization")]
