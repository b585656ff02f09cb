# SPDX-License-Identifier: Apache-2.0
"""What each swept parameter does: every point as a dot, the best of each value as a line. A flat
line says that the other parameters can make up for this one."""
import style
import tables

MOST_PARAMETERS, MOST_VALUES, LEAST_POINTS = 6, 40, 4


def draw(results, out, objectives):
    varied = {key: values for key, values in tables.varied(results).items()
              if 2 <= len(values) <= MOST_VALUES and not key.startswith("workload.")}
    keys = list(varied)[:MOST_PARAMETERS]
    columns = [c for c in objectives if any(p.get(c) for p in results.points)][:2]
    if not keys or not columns or len(results.points) < LEAST_POINTS:
        return []
    jobs = results.jobs()
    hue = style.colours(jobs)
    figure, axes, per_line = style.panels(len(keys) * len(columns), 2.5,
                                          columns=len(keys) if len(keys) <= 4 else 3)
    lines = [(column, key) for column in columns for key in keys]
    for axis, (column, key) in zip(axes, lines):
        values = sorted(varied[key], key=number)
        factor, unit = style.scale(column, [p[column] for p in results.points if p.get(column)])
        for job in jobs:
            best = {}
            for p in results.points:
                if p["job"] != job or not p.get(column) or key not in p["set"]:
                    continue
                at, value = values.index(p["set"][key]), p[column] / factor
                best[at] = min(value, best.get(at, value))
                axis.plot(at, value, "o", markersize=3.5, color=hue[job], alpha=0.45,
                          markeredgewidth=0)
            axis.plot(sorted(best), [best[at] for at in sorted(best)], color=hue[job],
                      linewidth=1.4, label=job)
        axis.set_yscale("log")
        style.plain_log(axis.yaxis)
        long = sum(map(len, values)) > 100 / len(keys)
        axis.set_xticks(range(len(values)), [v.replace("_", "_\n") for v in values],
                        rotation=40 if long and "_" not in values[0] else 0)
        axis.set_xlim(-0.5, len(values) - 0.5)
        axis.set_xlabel(key)
        axis.set_ylabel(f"{style.title(column).lower()} [{unit}]".replace(" []", ""))
        axis.grid(True, axis="y")
    if len(jobs) > 1:
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper center", bbox_to_anchor=(0.5, 0.0),
                      ncol=min(len(jobs), 6))
    return [style.save(figure, out, "parameters")]


UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
         "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}


def number(text):
    """Values in the order of their size: 512 KiB before 1 MiB; words after numbers."""
    head, _, unit = text.partition(" ")
    try:
        value = float(head)
    except ValueError:
        return (1, 0.0, text)
    for prefix in sorted(UNITS, key=len, reverse=True):
        if unit.startswith(prefix) and len(unit) > len(prefix):
            value *= UNITS[prefix]
            break
    return (0, value, text)
