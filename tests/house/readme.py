# SPDX-License-Identifier: Apache-2.0
"""What README.md promises, as data: its commands, what they print, and the files that it quotes.

In a block ```sh, every line that starts with the name of a program of ours is a command. A block
```text after it shows lines of what the last command prints. A block ```yaml is the content of the
last file of examples/ that was named before it, without comments and licence.
"""
import re
import shlex

PROGRAMS = ("mantissa", "own_mantissa")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
NAMED_FILE = re.compile(r"examples/[\w/.]+\.yaml")
SCRIPT = re.compile(r"(?:^|\s)(\.?[\w]+/[\w.]+\.sh|\.ci/run)")


def words(line):
    """A line without its layout: what is compared of printed text."""
    return " ".join(line.split())


def blocks(text):
    """(language, body, text before it) of every fenced block."""
    return [(m.group(1), m.group(2), text[:m.start()]) for m in BLOCK.finditer(text)]


def commands(text):
    """[(arguments, lines that it prints)] of our programs, in the order of the text."""
    found = []
    for language, body, _ in blocks(text):
        if language == "sh":
            for line in body.splitlines():
                arguments = shlex.split(line, comments=True)
                if arguments and arguments[0] in PROGRAMS:
                    found.append((arguments, []))
        elif language == "text":
            found[-1][1].extend(words(line) for line in body.splitlines())
    return found


def quoted_files(text):
    """[(path below the root, body)] of every quoted YAML file."""
    return [(NAMED_FILE.findall(before)[-1], body)
            for language, body, before in blocks(text) if language == "yaml"]


def scripts(text):
    """Every script that is named, in prose or in a command."""
    return sorted(set(SCRIPT.findall(text.replace("`", " "))))


def settings(yaml_text):
    """The lines of a YAML file that say something, without comments."""
    lines = (line.split(" #")[0].rstrip() for line in yaml_text.splitlines())
    return [words(line) for line in lines if line and not line.startswith("#")]


def missing(expected, printed):
    """Those of the expected lines that no printed line begins with, layout aside."""
    have = [words(line) for line in printed.splitlines()]
    return [line for line in expected if not any(h.startswith(line) for h in have)]
