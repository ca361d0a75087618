#!/usr/bin/env python3
"""Checks coverage.txt: every function of preview1 has its success and its errors tested, every test
that it names exists, and every CASE of a guest is named. So do the cases that the guide names.

  tests/wasi/coverage.py               what is wrong; status 1 if anything is
  tests/wasi/coverage.py FUNCTION...   the lines of some functions

It does not run the tests, nor can it tell whether a test checks what its line says.
"""
import argparse
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Functions that cannot fail.
NEVER_FAIL = {"proc_exit", "sched_yield"}


def functions():
    """Those of preview1, which come first in the table."""
    table = (ROOT / "src/wasi/wasi.def").read_text()
    table = table.split("// WasmEdge's sockets, of two versions")[0]
    return re.findall(r"^WASI(?:_EXIT)?\(\w+, (\w+),", table, re.M)


def errnos():
    table = (ROOT / "src/wasi/errno.def").read_text()
    return set(re.findall(r'^ERRNO(?:_OF_WASI)?\(\d+, \w+, "(\w+)"', table, re.M))


def read_lines():
    """[(line number, functions, outcome, what, test)], and what cannot be read."""
    rows, wrong = [], []
    for number, line in enumerate((HERE / "coverage.txt").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) == 4 and all(fields):
            names, outcome, what, test = fields
            rows.append((number, names.split(", "), outcome, what, test))
        else:
            wrong.append(f"coverage.txt:{number}: not `functions | outcome | what | test`")
    return rows, wrong


def guest_cases(text):
    """What a guest's main runs: by CASE, or the functions without arguments that it defines."""
    cases = re.findall(r"\bCASE\((\w+)\);", text)
    return set(cases or re.findall(r"^static void (\w+)\(void\)", text, re.M))


def exists(test):
    file, _, name = test.partition(":")
    if file.endswith(".py") and not name:
        return (HERE / file).exists()
    if file.endswith(".test") and not name:
        return (ROOT / "tests/e2e" / file).exists()
    if file.endswith(".cc"):
        path = ROOT / "tests/unit/wasi" / file
        suite, _, case = name.partition(".")
        pattern = re.compile(rf"^TEST(_F|_P)?\({suite}, {case}\)", re.M)
        return path.exists() and bool(pattern.search(path.read_text()))
    c, go = HERE / f"{file}.c", HERE / file / "main.go"
    if go.exists():
        return bool(re.search(rf"^func {name}\(", go.read_text(), re.M))
    return c.exists() and (not name or name in guest_cases(c.read_text()))


def check(rows):
    """What is wrong, as lines."""
    wrong, known, numbers = [], functions(), errnos()
    outcomes = {name: set() for name in known}
    for number, names, outcome, _, test in rows:
        for name in names:
            if name in outcomes:
                outcomes[name].add(outcome)
            else:
                wrong.append(f"coverage.txt:{number}: no function `{name}` in wasi.def")
        if outcome not in numbers | {"success", "corner"}:
            wrong.append(f"coverage.txt:{number}: `{outcome}` is no errno")
        if not exists(test):
            wrong.append(f"coverage.txt:{number}: there is no test `{test}`")
    for name, found in outcomes.items():
        if "success" not in found:
            wrong.append(f"{name}: its success is not tested")
        if not found - {"success", "corner"} and name not in NEVER_FAIL:
            wrong.append(f"{name}: no errno of it is tested")
    named = {row[4] for row in rows}
    for guest in sorted(HERE.glob("*.c")):
        for case in re.findall(r"\bCASE\((\w+)\);", guest.read_text()):
            if f"{guest.stem}:{case}" not in named:
                wrong.append(f"{guest.name}: CASE({case}) is not in coverage.txt")
        if not any(test.split(":")[0] == guest.stem for test in named):
            wrong.append(f"{guest.name}: not in coverage.txt")
    return wrong + check_guide()


def check_guide():
    text = (ROOT / "docs/guide/files.md").read_text()
    return [f"docs/guide/files.md: there is no test `{test}`"
            for test, guest in re.findall(r"`((\w+):\w+)`", text)
            if (HERE / f"{guest}.c").exists() and not exists(test)]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("function", nargs="*", help="show what is tested of it")
    arguments = parser.parse_args()
    rows, wrong = read_lines()
    for function in arguments.function:
        for _, names, outcome, what, test in rows:
            if function in names:
                print(f"{function:24} {outcome:12} {test:44} {what}")
    if arguments.function:
        return 0
    wrong += check(rows)
    pairs = {(name, outcome) for _, names, outcome, _, _ in rows for name in names}
    fine = f"wasi coverage: {len(functions())} functions, {len(pairs)} outcomes, every test exists"
    print("\n".join(wrong) or fine)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
