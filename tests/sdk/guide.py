#!/usr/bin/env python3
"""Holds that each Go snippet of the guide stands in a file that other tests compile and run.

Indentation and blank lines do not count. A line `...` in a snippet leaves lines out.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("go.md", "from-wazero.md")
# What sdk_go and example_go_embed run.
SOURCES = [*sorted((ROOT / "sdk/go").glob("*_test.go")),
           *sorted((ROOT / "examples/go-embed").glob("*/main.go"))]
BLOCK = re.compile(r"^```go\n(.*?)^```$", re.M | re.S)


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def stands_in(snippet, lines):
    """Whether the parts between `...` are there, in their order."""
    at = 0
    for part in "\n".join(snippet).split("\n...\n"):
        part = part.splitlines()
        at = next((start + len(part) for start in range(at, len(lines) - len(part) + 1)
                   if lines[start:start + len(part)] == part), None)
        if at is None:
            return False
    return True


def main():
    sources = [lines_of(path.read_text()) for path in SOURCES]
    count, missing = 0, 0
    for page in PAGES:
        for block in BLOCK.findall((ROOT / "docs/guide" / page).read_text()):
            count += 1
            snippet = lines_of(block)
            if not any(stands_in(snippet, lines) for lines in sources):
                print(f"docs/guide/{page}: in no source that is run:\n{block}")
                missing += 1
    print(f"{count} snippets, {missing} in no source that is run")
    return 1 if missing or not count else 0


sys.exit(main())
