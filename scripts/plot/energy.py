# SPDX-License-Identifier: Apache-2.0
"""Energy of a run, stacked by the part of the chip that spends it; in figures also per MAC."""
import collections

import bars
import style

KEPT = 7  # parts with a colour of their own; the rest are "other"


def draw(results, out):
    spent = collections.defaultdict(lambda: collections.defaultdict(float))
    total = collections.defaultdict(float)
    for row in results.energy:
        key = (row["sweep"], row["position"])
        spent[key][row["component"]] += row["energy_pj"]
    points = [p for p in results.points
              if p.get("macs") and (p["sweep"], p["position"]) in spent]
    for p in points:
        for part, value in spent[(p["sweep"], p["position"])].items():
            total[part] += value / p["energy_pj"]
    large = sorted(total, key=lambda part: (-total[part], part))
    order = large[:KEPT] + (["other"] if len(large) > KEPT else [])
    colours = style.colours(order)

    def parts(p):
        mine = spent[(p["sweep"], p["position"])]
        values = {part: mine.get(part, 0) / p["macs"] for part in large[:KEPT]}
        if "other" in colours:
            values["other"] = sum(v for k, v in mine.items() if k not in values) / p["macs"]
        return values

    figure = bars.stacked(
        points, parts, colours, "energy, relative to the largest of each workload",
        lambda p: f"{style.readable('energy_pj', p['energy_pj'])}, "
                  f"{p['energy_pj'] / p['macs']:.3g} pJ/MAC", relative=True)
    return [style.save(figure, out, "energy")] if figure else []
