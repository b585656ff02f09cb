# SPDX-License-Identifier: Apache-2.0
"""The rules of the source tree that a machine can check.

    tests/house/house.py [ROOT]      prints every violation; exit code 1 if there is one

The folders are floors of a house and includes run downwards only:

    sim > workloads, rtl > arch > memory, power > base

Every rule is a function of one file that yields what is wrong with it; house_test.py shows each of
them both silent on this tree and firing on a broken one.
"""
import pathlib
import re
import sys

BELOW = {
    "base": {"base"},
    "memory": {"base", "memory"},
    "power": {"base", "power"},
    "arch": {"base", "memory", "power", "arch"},
    "rtl": {"base", "memory", "power", "arch", "rtl"},
    "workloads": {"base", "memory", "power", "arch", "workloads"},
    "sim": {"base", "memory", "power", "arch", "rtl", "workloads", "sim"},
}
# They use floors as any user does, nobody includes them, and they may name files beside their own.
GUESTS = ("tests", "examples")
FOLDERS = (*BELOW, *GUESTS, "scripts", "cmake", ".ci")

LONGEST_FILE = 700
CODE = {".cpp", ".h", ".inc"}
SOURCES = CODE | {".py", ".sh", ".cmake", ".proto", ".sv", ".tcl"}
SPDX = "SPDX-License-Identifier: Apache-2.0"

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
KERNEL = re.compile(r"^(systemc|tlm)(\b|_)")          # SystemC and TLM-2.0
LIBTORCH = re.compile(r"^(torch|ATen|c10|caffe2)/")
GENERATED = {"base/trace/chakra.pb.h", "sim/mantissa_revision.h"}
# A word that says that something is not finished. In two parts, so that this file passes.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")


def is_source(path):
    return (path.suffix in SOURCES or path.name == "CMakeLists.txt"
            or path.parts[-2:] == (".ci", "run"))


def sources(root):
    """Every source below `root`, as paths relative to it, in one order."""
    found = [root / "CMakeLists.txt"]
    for folder in FOLDERS:
        found += (root / folder).rglob("*")
    return sorted(p.relative_to(root) for p in found if p.is_file() and is_source(p))


def includes(text):
    """(line number, '<' or '"', path) of every #include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def floors_allowed(path):
    """Floors that a file may include, or None where the rule does not apply."""
    top = path.parts[0]
    if top in BELOW:
        return BELOW[top]
    if top == "tests" and len(path.parts) > 2 and path.parts[1] in BELOW:
        return BELOW[path.parts[1]]
    return set(BELOW) if top in GUESTS else None


def includes_run_downwards(root, path, text):
    allowed = floors_allowed(path)
    if allowed is None or path.suffix not in CODE:
        return
    for line, quote, name in includes(text):
        floor = name.split("/")[0] if "/" in name else ""  # <memory> is the standard library
        # Tests share fixtures: tests/<floor>/x.h counts as that floor.
        if floor == "tests" and path.parts[0] == "tests":
            floor = name.split("/")[1]
            if floor not in BELOW:
                continue
        if floor in BELOW:
            if floor not in allowed:
                yield line, f"{floor}/ is above {path.parts[0]}/, or beside it: {name}"
            elif quote == "<":
                yield line, f"files of this project are included with quotes: {name}"
        near = path.parts[0] in GUESTS and (root / path.parent / name).is_file()
        if quote == '"' and name not in GENERATED and not near and not (root / name).is_file():
            yield line, f"not a path from the root of the project: {name}"


def ground_knows_no_kernel(root, path, text):
    if path.parts[0] in ("base", "power") and path.suffix in CODE:
        for line, _, name in includes(text):
            if KERNEL.match(name):
                yield line, f"{path.parts[0]}/ does not know SystemC: {name}"


def libtorch_in_workloads_only(root, path, text):
    if path.parts[0] != "workloads" and path.parts[:2] != ("tests", "workloads"):
        for line, _, name in includes(text):
            if LIBTORCH.match(name):
                yield line, f"only workloads/ knows libtorch: {name}"


def licence_comes_first(root, path, text):
    lines = text.splitlines()
    first = 1 if lines and lines[0].startswith("#!") else 0
    if len(lines) <= first or SPDX not in lines[first]:
        yield first + 1, f"the first line is not '{SPDX}'"


def no_file_is_too_long(root, path, text):
    lines = len(text.splitlines())
    if lines > LONGEST_FILE:
        yield lines, f"{lines} lines; {LONGEST_FILE} at most"


def nothing_is_left_unfinished(root, path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, f"unfinished: {line.strip()}"


RULES = (includes_run_downwards, ground_knows_no_kernel, libtorch_in_workloads_only,
         licence_comes_first, no_file_is_too_long, nothing_is_left_unfinished)


def violations(root, rules=RULES):
    """'path:line: what is wrong (rule)' for every violation."""
    found = []
    for path in sources(root):
        text = (root / path).read_text(encoding="utf-8")
        for rule in rules:
            found += [f"{path}:{line}: {what} ({rule.__name__})"
                      for line, what in rule(root, path, text)]
    return found


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parents[2]
    wrong = violations(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here)
    print("\n".join(wrong) or "the house is in order")
    sys.exit(1 if wrong else 0)
