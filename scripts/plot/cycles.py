# SPDX-License-Identifier: Apache-2.0
"""Where the cycles of the matrix unit went: busy and every kind of stall, in percent of all."""
import bars
import style


def draw(results, out):
    points = [p for p in results.points if p.get("cycles") and p.get("busy_cycles") is not None]

    def parts(p):
        return {name: 100 * (p.get(column) or 0) / p["cycles"]
                for column, (name, _) in style.CYCLES.items()}

    figure = bars.stacked(points, parts, dict(style.CYCLES.values()),
                          "share of all cycles of the matrix unit [%]",
                          lambda p: f"{100 * (p.get('utilization') or 0):.0f} % util.")
    return [style.save(figure, out, "cycles")] if figure else []
