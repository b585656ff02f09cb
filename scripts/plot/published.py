# SPDX-License-Identifier: Apache-2.0
"""Published figures (open) and ours (filled), one line each, on a logarithmic axis per quantity."""
import style
import tables


def draw(results, out):
    by_position = {(p["sweep"], p["position"]): p for p in results.points}
    rows = [(r, by_position[(r["sweep"], r["position"])]) for r in results.published
            if (r["sweep"], r["position"]) in by_position]
    quantities = tables.ordered(r["quantity"] for r, _ in rows)
    names = []
    for quantity in quantities:
        mine = [(r, p) for r, p in rows if r["quantity"] == quantity and p.get(quantity)]
        if not mine:
            continue
        factor, unit = style.scale(quantity, [r["published"] for r, _ in mine])
        from matplotlib import pyplot
        figure, axis = pyplot.subplots(figsize=(style.WIDTH, 0.38 * len(mine) + 0.9),
                                       constrained_layout=True)
        for i, (r, p) in enumerate(mine):
            a, b = r["published"] / factor, p[quantity] / factor
            axis.plot([a, b], [i, i], color=style.GRID, linewidth=1.2, zorder=1)
            axis.plot(a, i, "o", markersize=8, markerfacecolor=style.PAPER,
                      markeredgecolor=style.INK, label="published" if i == 0 else None)
            axis.plot(b, i, "o", markersize=8, color=style.colour(0),
                      label="ours" if i == 0 else None)
            axis.annotate(f"{b:.3g} against {a:.3g} ({100 * (b / a - 1):+.0f} %)",
                          (max(a, b), i), xytext=(10, 0), textcoords="offset points", va="center",
                          fontsize=8)
        axis.set_yticks(range(len(mine)), [f"{p['job']} on {p['variant']}" for _, p in mine])
        axis.set_ylim(len(mine) - 0.4, -0.6)
        axis.set_xscale("log")
        low, high = axis.get_xlim()
        axis.set_xlim(low / 1.2, high * (high / low) ** 0.35 * 1.2)
        style.plain_log(axis.xaxis)
        axis.grid(True, axis="x")
        axis.spines["left"].set_visible(False)
        axis.tick_params(axis="y", length=0)
        axis.set_xlabel(f"{style.title(quantity).lower()} [{unit}]")
        axis.legend(loc="lower right", ncol=2, bbox_to_anchor=(1.0, 1.0), borderaxespad=0)
        names.append(style.save(figure, out, f"published_{quantity}"))
    return names
