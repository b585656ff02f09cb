# SPDX-License-Identifier: Apache-2.0
"""The exported tables as lists of dictionaries; numbers become floats, empty cells None."""
import csv
import dataclasses
import pathlib


@dataclasses.dataclass
class Results:
    points: list      # finished points only
    layers: list
    energy: list
    published: list

    def variants(self):
        return ordered(p["variant"] for p in self.points)

    def jobs(self):
        return ordered(p["job"] for p in self.points)


def ordered(names):
    return list(dict.fromkeys(names))


def value(text):
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


TEXT = {"sweep", "variant", "job", "arch", "workload", "overrides", "name", "component", "hash"}


def rows(path):
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [{k: v if k in TEXT else value(v) for k, v in row.items()}
                for row in csv.DictReader(file)]


def read(directory: pathlib.Path) -> Results:
    points = [p for p in rows(directory / "points.csv") if p["status"] == "ok"]
    return Results(points, rows(directory / "layers.csv"), rows(directory / "energy.csv"),
                   rows(directory / "published.csv"))


def varied(results):
    """Parameters with more than one value, and for each the values in order of appearance."""
    values = {}
    for p in results.points:
        p["set"] = dict(text.split("=", 1) for text in p["overrides"].split("; ") if "=" in text)
        for key, text in p["set"].items():
            values.setdefault(key, []).append(text)
    return {key: ordered(texts) for key, texts in values.items() if len(set(texts)) > 1}
