# SPDX-License-Identifier: Apache-2.0
"""This tree keeps the rules of house.py, and each rule fires on a tree that breaks it."""
import pathlib
import tempfile
import unittest

import house

ROOT = pathlib.Path(__file__).resolve().parents[2]
LICENCE = f"// {house.SPDX}\n"


def tree(files):
    """What the rules say about a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {"CMakeLists.txt": f"# {house.SPDX}\n", **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return house.violations(root)


class ThisTree(unittest.TestCase):
    def test_keeps_every_rule(self):
        self.assertEqual(house.violations(ROOT), [])

    def test_is_looked_at_as_a_whole(self):
        tops = {path.parts[0] for path in house.sources(ROOT)}
        self.assertLessEqual({"base", "memory", "power", "arch", "workloads", "sim", "tests",
                              "scripts", "examples", "CMakeLists.txt"}, tops)
        self.assertGreater(len(house.sources(ROOT)), 300)


class Rules(unittest.TestCase):
    """Each pair: the same tree just inside the rule and just outside."""

    def fires(self, rule, place, files):
        found = tree(files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(rule.__name__, found[0])
        self.assertTrue(found[0].startswith(place), found[0])

    def test_every_floor_may_include_those_below_and_no_other(self):
        headers = {f"{floor}/x.h": LICENCE for floor in house.BELOW}
        for floor, below in house.BELOW.items():
            for other in house.BELOW:
                with self.subTest(floor=floor, other=other):
                    files = {**headers, f"{floor}/y.cpp": f'{LICENCE}#include "{other}/x.h"\n'}
                    if other in below:
                        self.assertEqual(tree(files), [])
                    else:
                        self.fires(house.includes_run_downwards, f"{floor}/y.cpp:2:", files)

    def test_a_test_stands_on_the_floor_that_it_tests(self):
        files = {"arch/x.h": LICENCE, "tests/arch/fixtures.h": LICENCE}
        for name in ("arch/x.h", "tests/arch/fixtures.h"):
            include = f'{LICENCE}#include "{name}"\n'
            self.assertEqual(tree({**files, "tests/sim/a_test.cpp": include}), [])
            self.fires(house.includes_run_downwards, "tests/base/a_test.cpp:2:",
                       {**files, "tests/base/a_test.cpp": include})

    def test_includes_are_paths_from_the_root_in_quotes(self):
        files = {"base/x.h": LICENCE}
        self.fires(house.includes_run_downwards, "base/y.h:2:",
                   {**files, "base/y.h": f'{LICENCE}#include "x.h"\n'})
        self.fires(house.includes_run_downwards, "base/y.h:2:",
                   {**files, "base/y.h": f"{LICENCE}#include <base/x.h>\n"})

    def test_the_ground_knows_no_kernel(self):
        for header in ("systemc", "tlm", "tlm_utils/simple_initiator_socket.h"):
            text = f"{LICENCE}#include <{header}>\n"
            self.assertEqual(tree({"arch/x.h": text}), [])
            self.fires(house.ground_knows_no_kernel, "base/x.h:2:", {"base/x.h": text})

    def test_libtorch_stays_in_workloads(self):
        for header in ("torch/torch.h", "ATen/ATen.h", "c10/core/Device.h"):
            text = f"{LICENCE}#include <{header}>\n"
            self.assertEqual(tree({"workloads/x.h": text, "tests/workloads/x_test.cpp": text}), [])
            self.fires(house.libtorch_in_workloads_only, "sim/x.h:2:", {"sim/x.h": text})

    def test_the_licence_comes_first_or_after_the_interpreter(self):
        self.assertEqual(tree({"scripts/x.py": f"#!/usr/bin/env python3\n# {house.SPDX}\n"}), [])
        self.fires(house.licence_comes_first, "base/x.h:1:", {"base/x.h": "\n" + LICENCE})
        self.fires(house.licence_comes_first, "base/x.h:1:", {"base/x.h": ""})
        self.fires(house.licence_comes_first, ".ci/run:2:", {".ci/run": "#!/bin/sh\ntrue\n"})

    def test_a_file_has_at_most_700_lines(self):
        lines = LICENCE + "\n" * (house.LONGEST_FILE - 1)
        self.assertEqual(tree({"base/x.h": lines}), [])
        self.fires(house.no_file_is_too_long, "base/x.h:701:", {"base/x.h": lines + "\n"})

    def test_nothing_is_left_unfinished(self):
        word = "TO" + "DO"
        self.assertEqual(tree({"base/x.h": LICENCE + f"// MAS{word}N\n"}), [])
        self.fires(house.nothing_is_left_unfinished, "base/x.h:2:",
                   {"base/x.h": LICENCE + f"// {word}: more\n"})


if __name__ == "__main__":
    unittest.main()
