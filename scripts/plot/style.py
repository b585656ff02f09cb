# SPDX-License-Identifier: Apache-2.0
"""The look of all figures: one ink, a palette that colour-blind readers can tell apart (Okabe and
Ito, 2008), no frame, direct labels instead of legends where they fit.

INK and PAPER are used for nothing else: the report replaces them by the page's own colours, so that
one SVG suits a light and a dark page.
"""
import matplotlib
from matplotlib import pyplot

INK = "#1b1b1f"
PAPER = "#fffffe"
GRID = "#8a8a94"
PALETTE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8F8500", "#7A5195"]
WIDTH = 9.0  # inches of every figure: the width of the report's column

# What a matrix unit did with its cycles: working is blue, each kind of waiting its own colour.
CYCLES = {
    "busy_cycles": ("computing", "#0072B2"),
    "stall_dram_cycles": ("waiting for DRAM", "#D55E00"),
    "stall_weight_load_cycles": ("loading weights", "#E69F00"),
    "stall_dependency_cycles": ("dependency", "#CC79A7"),
    "stall_operand_cycles": ("operands", "#009E73"),
    "stall_accumulator_cycles": ("accumulators", "#8F8500"),
    "stall_drain_cycles": ("fill and drain", "#56B4E9"),
}

matplotlib.rcParams.update({
    "font.family": "sans-serif", "font.size": 9, "svg.fonttype": "none",
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.edgecolor": GRID, "axes.facecolor": "none", "figure.facecolor": PAPER,
    "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 9.5,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.linewidth": 0.7,
    "grid.color": GRID, "grid.linewidth": 0.4, "grid.alpha": 0.5, "axes.axisbelow": True,
    "xtick.major.width": 0.7, "ytick.major.width": 0.7, "legend.frameon": False,
    "xtick.minor.size": 0, "ytick.minor.size": 0,
})


def colour(index):
    return PALETTE[index % len(PALETTE)]


def colours(names):
    return {name: colour(i) for i, name in enumerate(names)}


def panels(count, height, columns=None, **kwargs):
    """A grid of equal panels; returns the figure and the axes that are used."""
    columns = columns or min(count, 4 if count > 4 else count)
    lines = -(-count // columns)
    figure, axes = pyplot.subplots(lines, columns, figsize=(WIDTH, height * lines), squeeze=False,
                                   constrained_layout=True, **kwargs)
    flat = [axis for line in axes for axis in line]
    for unused in flat[count:]:
        unused.remove()
    for below in flat[max(0, count - columns):count]:
        below.xaxis.set_tick_params(labelbottom=True)
    return figure, flat[:count], columns


def save(figure, out, name):
    # Laid out once, then frozen: each further pass over the constraints costs as much as drawing.
    figure.canvas.draw()
    figure.set_layout_engine("none")
    box = figure.get_tightbbox(figure.canvas.get_renderer()).padded(0.08)
    # A fixed salt and no date: equal results give equal bytes.
    matplotlib.rcParams["svg.hashsalt"] = name
    figure.savefig(out / f"{name}.svg", bbox_inches=box, metadata={"Date": None, "Creator": None})
    figure.savefig(out / f"{name}.png", dpi=120, facecolor="white", bbox_inches=box)
    pyplot.close(figure)
    return f"{name}.svg"


SCALES = {
    "s": [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1, "s")],
    "pj": [(1, "pJ"), (1e3, "nJ"), (1e6, "µJ"), (1e9, "mJ"), (1e12, "J")],
    "ops": [(1e6, "MOPS"), (1e9, "GOPS"), (1e12, "TOPS")],
    "um2": [(1, "µm²"), (1e6, "mm²")],
    "bytes_per_s": [(1e6, "MB/s"), (1e9, "GB/s"), (1e12, "TB/s")],
}


def scale(column, values):
    """Factor and unit in which the median of a column's values reads well."""
    for suffix in sorted(SCALES, key=len, reverse=True):
        if column.endswith("_" + suffix):
            middle = sorted(values)[len(values) // 2]
            factor, unit = SCALES[suffix][0]
            for candidate in SCALES[suffix]:
                if middle >= candidate[0]:
                    factor, unit = candidate
            return factor, unit
    return 1.0, ""


def title(column):
    """latency_s -> Latency."""
    for suffix in sorted(SCALES, key=len, reverse=True):
        if column.endswith("_" + suffix):
            column = column[:-len(suffix) - 1]
            break
    return column.replace("_", " ").capitalize()


def readable(column, value):
    factor, unit = scale(column, [value])
    return f"{value / factor:.3g} {unit}".strip()


def short_number(value):
    """20000, 0.05, 2e5."""
    import math
    if not 1e-3 <= value < 1e5:
        power = math.floor(math.log10(value) + 1e-9)
        return f"{value / 10 ** power:.3g}e{power}"
    return f"{value:g}"


def plain_log(axis):
    """Ticks at 1, 2 and 5 while a decade or two are shown, at powers of ten beyond; no exponents
    while they stay short."""
    import math
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
    low, high = axis.get_view_interval()
    decades = math.log10(high / low) if low > 0 else 3
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if decades < 2.2 else (1,), numticks=9))
    axis.set_major_formatter(FuncFormatter(lambda v, _: short_number(v)))
    axis.set_minor_locator(NullLocator())  # a hundred ticks that nobody reads take most of the time


def name_points(axis, points, stairs=()):
    """A name beside each (x, y, name), at the nearest free place around its dot that covers neither
    dots nor names nor, where that can be had, the staircase through `stairs`; a thin line leads to
    those that are far, or as near to another dot. Limits and scales must be set."""
    import math
    box = axis.get_position()
    wide, high = (axis.figure.get_size_inches() * (box.width, box.height) * 72).tolist()  # points

    def place(x, y):
        u, v = axis.transAxes.inverted().transform(axis.transData.transform((x, y)))
        return u * wide, v * high

    def around(begin, end, by):  # left, lower, right, upper
        return (min(begin[0], end[0]) - by, min(begin[1], end[1]) - by,
                max(begin[0], end[0]) + by, max(begin[1], end[1]) + by)

    def free(b, taken):
        return all(b[2] <= t[0] or t[2] <= b[0] or b[3] <= t[1] or t[3] <= b[1] for t in taken)

    dots = [place(x, y) for x, y, _ in points]
    taken = [around(dot, dot, 4) for dot in dots]
    corners = [place(x, y) for x, y in sorted(stairs)]
    lines = []
    for (u, v), (next_u, next_v) in zip(corners, corners[1:]):
        lines += [around((u, v), (next_u, v), 0.5), around((next_u, v), (next_u, next_v), 0.5)]
    sides = ((1, 0), (-1, 0), (0, 1), (0, -1), (.8, .8), (.8, -.8), (-.8, .8), (-.8, -.8))
    for (x, y, name), (u, v) in sorted(zip(points, dots), key=lambda p: p[1]):
        length, height = 4.9 * len(name), 9

        def tried():
            for obstacles in (taken + lines, taken):
                for away in (7, 14, 22, 32, 44):
                    for across, up in sides:
                        middle = (u + across * (away + (length / 2 if across else 0)),
                                  v + up * (away + 2))
                        b = (middle[0] - length / 2, middle[1] - height / 2,
                             middle[0] + length / 2, middle[1] + height / 2)
                        if b[0] >= 0 and b[1] >= 0 and b[2] <= wide and b[3] <= high \
                                and free(b, obstacles):
                            return b, middle, away
            return None

        found = tried()
        if not found:
            continue  # a name that would hide others tells nothing
        b, middle, away = found
        taken.append(b)

        def distance(dot):
            return math.hypot(max(b[0] - dot[0], 0, dot[0] - b[2]),
                              max(b[1] - dot[1], 0, dot[1] - b[3]))

        led = away > 14 or any(distance(dot) < distance((u, v)) + 4
                               for dot in dots if dot != (u, v))
        axis.annotate(name, (x, y), xytext=(middle[0] / wide, middle[1] / high),
                      textcoords="axes fraction", fontsize=8, va="center", ha="center",
                      arrowprops=dict(arrowstyle="-", color=GRID, linewidth=0.5) if led else None)
