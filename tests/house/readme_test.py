# SPDX-License-Identifier: Apache-2.0
"""Every command of README.md works and prints what README.md shows.

    readme_test.py BUILD_DIRECTORY
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import readme

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text()
BUILD = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else ROOT / "build/release"

SAMPLE = """
`examples/a.yaml` is

```yaml
version: 1
rows: 2
```
```sh
scripts/setup.sh   # not ours
mantissa run a 'b c'  # a comment
```
prints
```text
cycles   12  core
```
"""


class Readme(unittest.TestCase):
    def test_every_command_works_and_prints_what_is_shown(self):
        path = f"{BUILD}:{os.environ['PATH']}"
        with tempfile.TemporaryDirectory() as folder:
            for name in ("examples", "configs"):
                os.symlink(ROOT / name, pathlib.Path(folder) / name)
            for arguments, expected in readme.commands(TEXT):
                with self.subTest(command=" ".join(arguments)):
                    done = subprocess.run(arguments, cwd=folder, text=True, capture_output=True,
                                          env={**os.environ, "PATH": path}, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(readme.missing(expected, done.stdout), [], done.stdout)

    def test_quoted_files_are_those_of_the_examples(self):
        quoted = readme.quoted_files(TEXT)
        self.assertGreaterEqual(len(quoted), 4)
        for path, body in quoted:
            with self.subTest(path=path):
                whole = readme.settings((ROOT / path).read_text())
                self.assertEqual([line for line in readme.settings(body) if line not in whole], [])

    def test_named_scripts_are_there_and_can_be_run(self):
        self.assertGreaterEqual(len(readme.scripts(TEXT)), 3)
        for script in readme.scripts(TEXT):
            self.assertTrue(os.access(ROOT / script, os.X_OK), script)

    def test_the_number_checked_by_hand_is_in_it(self):
        rows, columns, m, k, n = 32, 32, 100, 64, 96
        folds = -(-k // rows) * -(-n // columns)
        compute = rows + (folds - 1) * max(m, rows) + m + rows + columns - 2
        self.assertIn(f"**{compute}**", TEXT)
        self.assertIn(f"{m * k + k * n:,} B", TEXT)
        self.assertIn(f"{4 * m * n:,} B", TEXT)


class Reading(unittest.TestCase):
    """The reader of README.md reads, and its checks fire."""

    def test_finds_commands_with_what_they_print(self):
        self.assertEqual(readme.commands(SAMPLE),
                         [(["mantissa", "run", "a", "b c"], ["cycles 12 core"])])
        self.assertEqual(readme.scripts(SAMPLE), ["scripts/setup.sh"])
        self.assertEqual(readme.quoted_files(SAMPLE), [("examples/a.yaml", "version: 1\nrows: 2\n")])

    def test_misses_a_line_that_was_not_printed(self):
        self.assertEqual(readme.missing(["cycles 12 core"], "  cycles  12  core clock\n"), [])
        self.assertEqual(readme.missing(["cycles 12 core"], "  cycles  13  core clock\n"),
                         ["cycles 12 core"])

    def test_settings_are_lines_without_comments(self):
        self.assertEqual(readme.settings("# SPDX\n\na: 1  # one\nb: {c:  2}\n"), ["a: 1", "b: {c: 2}"])


if __name__ == "__main__":
    unittest.main()
