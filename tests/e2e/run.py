#!/usr/bin/env python3
"""Runs end-to-end tests: a command line, its input and files, and what has to come out.

A .test file is text. Lines that start with @ say what follows; the first lines, before any @, say
what the file shows. Everything below @stdin, @file, @stdout and @stderr is taken as it stands, but
for one empty line before the next @ line, which only separates.

  @needs libclang                             before the first @run: without it (tests/needs.py) the
                                              file is skipped; the status is 77 if all files are

  Arguments reach the program.
  @run skerry {guests}/hello.wasm one two     a case starts; words are split as a shell would
  @note TEXT                                  a remark
  @env NAME=value                             one more variable for skerry itself; settings and caches
                                              of the user are in the case's folder unless it says otherwise
  @file sub/data.txt                          a file in the case's own folder, where it also runs
  @stdin                                      default: empty
  @stdin-waits                                a pipe that brings nothing and stays open
  @stdout                                     exact; default: empty
  @stderr                                     exact; default: empty
  @stdout-has REGEX, @stderr-has REGEX        instead: a line that matches; may be repeated
  @status 0                                   default: 0

Placeholders: {root} the project, {guests} out/guests, {here} the .test file's folder, {tmp} the
case's folder, {libs} the folder of --libs. Cases of one file share that folder and run in order. With --windows the program is a
.exe run by the given emulator, and placeholders become Z:\\ paths.

  tests/e2e/run.py --skerry out/bin/skerry [FILE.test | FOLDER]...
  --update rewrites @stdout, @stderr and @status with what came out: read the difference.
"""
import argparse
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests"))

import needs  # noqa: E402 (the path above has to be set first)

TIMEOUT_SECONDS = 60


class Case:
    def __init__(self, words, line):
        self.words, self.line = words, line
        self.env, self.files = {}, {}
        self.stdin = ""
        self.stdin_waits = False
        self.exact = {}  # "stdout"/"stderr" -> text, where the file says so
        self.has = []  # (stream, regex)
        self.status = 0


class BadTest(Exception):
    pass


class Skipped(Exception):
    """Something that the file needs is not here."""


def parse(path):
    """The cases of one file, and what they need. Text blocks end at the next @ line."""
    cases, needed, block = [], [], None
    lines = path.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        separates = line == "\n" and (number == len(lines) or lines[number].startswith("@"))
        if separates:
            block = None
            continue
        if not line.startswith("@"):
            if block:
                block(line)
            elif cases:
                raise BadTest(f"{path}:{number}: text that belongs to no @ line")
            continue
        word, _, rest = line[1:].strip().partition(" ")
        if word == "note":
            block = None
        elif word == "run":
            cases.append(Case(rest, number))
            block = None
        elif word == "needs" and not cases and rest in needs.BY_NAME:
            needed.append(rest)
        elif not cases:
            raise BadTest(f"{path}:{number}: @{word} {rest} before the first @run")
        else:
            block = directive(cases[-1], word, rest, f"{path}:{number}")
    if not cases:
        raise BadTest(f"{path}: no @run")
    return cases, needed


def directive(case, word, rest, where):
    """Notes one @ line; gives the function that takes its text block, if it has one."""
    if word == "env":
        name, _, value = rest.partition("=")
        case.env[name] = value
    elif word == "status":
        case.status = int(rest)
    elif word in ("stdout-has", "stderr-has"):
        case.has.append((word.partition("-")[0], rest))
    elif word == "file":
        case.files[rest] = ""

        def add_to_file(line):
            case.files[rest] += line
        return add_to_file
    elif word == "stdin-waits":
        case.stdin_waits = True
    elif word == "stdin":
        def add_to_stdin(line):
            case.stdin += line
        return add_to_stdin
    elif word in ("stdout", "stderr"):
        case.exact[word] = ""

        def add_to_stream(line):
            case.exact[word] += line
        return add_to_stream
    else:
        raise BadTest(f"{where}: unknown @{word}")
    return None


class Runner:
    def __init__(self, skerry, emulator, libs):
        # Made absolute: a case runs in a folder of its own.
        self.command = ([os.path.abspath(emulator)] if emulator else []) + [os.path.abspath(skerry)]
        self.windows = bool(emulator)
        self.libs = os.path.abspath(libs)

    def place(self, path):
        path = str(path)
        return "Z:" + path.replace("/", "\\") if self.windows else path

    def fill(self, text, test, tmp):
        places = {"root": ROOT, "guests": ROOT / "out/guests", "here": test.parent, "tmp": tmp,
                  "libs": self.libs}
        return re.sub(r"\{(root|guests|here|tmp|libs)\}", lambda m: self.place(places[m[1]]), text)

    def environment(self, case, test, tmp):
        """The tester's own settings and caches are neither read nor written."""
        config, cache = os.path.join(tmp, "config"), os.path.join(tmp, "cache")
        folders = {"XDG_CONFIG_HOME": config, "XDG_CACHE_HOME": cache,
                   "APPDATA": self.place(config), "LOCALAPPDATA": self.place(cache)}
        own = {name: self.fill(value, test, tmp) for name, value in case.env.items()}
        return {**os.environ, **folders, **own}

    def run(self, case, test, tmp):
        """(stdout, stderr, status) of one case."""
        for name, text in case.files.items():
            target = pathlib.Path(tmp, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.fill(text, test, tmp))
        words = shlex.split(case.words)
        if words[0] != "skerry":
            raise BadTest(f"{test}:{case.line}: a command starts with `skerry`")
        words = self.command + [self.fill(word, test, tmp) for word in words[1:]]
        source = {"input": case.stdin.encode()}
        pipe = os.pipe() if case.stdin_waits else ()
        if pipe:
            source = {"stdin": pipe[0]}
        try:
            result = subprocess.run(words, cwd=tmp, capture_output=True, timeout=TIMEOUT_SECONDS,
                                    env=self.environment(case, test, tmp), check=False, **source)
        finally:
            for end in pipe:
                os.close(end)
        streams = [stream.decode(errors="backslashreplace")
                   for stream in (result.stdout, result.stderr)]
        if self.windows:
            # wine's own line, when a process ends while one of its threads asks the server.
            streams = [re.sub(r"^wine client error:.*\n", "", stream.replace("\r\n", "\n"),
                              flags=re.MULTILINE) for stream in streams]
        return (*streams, result.returncode)


def differences(case, test, runner, tmp):
    """What one case got wrong, as lines to show, and what came out."""
    try:
        stdout, stderr, status = runner.run(case, test, tmp)
    except subprocess.TimeoutExpired:
        return [f"  did not end within {TIMEOUT_SECONDS} seconds"], None
    found = {"stdout": stdout, "stderr": stderr}
    wrong = []
    if status != case.status:
        wrong.append(f"  status: {status}, expected {case.status}")
    matched = {stream for stream, _ in case.has}
    for stream, text in found.items():
        expected = runner.fill(case.exact.get(stream, ""), test, tmp)
        if (stream in case.exact or stream not in matched) and text != expected:
            wrong.append(f"  {stream}:\n{indent(text)}\n  expected:\n{indent(expected)}")
    for stream, pattern in case.has:
        if not re.search(runner.fill(pattern, test, tmp), found[stream], re.MULTILINE):
            wrong.append(f"  {stream}:\n{indent(found[stream])}\n  has no match for: {pattern}")
    if wrong and stderr and "stderr:" not in " ".join(wrong):
        wrong.append(f"  stderr was:\n{indent(stderr)}")
    return wrong, (stdout, stderr, status)


def indent(text):
    return "\n".join("    | " + line for line in text.splitlines()) or "    (nothing)"


def run_file(path, runner, update):
    """Runs the cases of a file; gives the number that failed and the number there are."""
    (cases, needed), failed, results = parse(path), 0, {}
    for name in needed:
        if reason := needs.BY_NAME[name](runner.command):
            raise Skipped(f"{path}: skipped: {reason}")
    # wine sees /tmp too, as Z:\tmp.
    with tempfile.TemporaryDirectory(prefix="skerry-e2e-") as tmp:
        for case in cases:
            wrong, results[case.line] = differences(case, path, runner, tmp)
            if wrong:
                failed += 1
                name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
                print(f"{name}:{case.line}: FAILED: {case.words}\n" + "\n".join(wrong))
    if update and failed:
        rewrite(path, cases, results)
    return failed, len(cases)


def rewrite(path, cases, results):
    """Puts what came out in place of the expectations of the cases in a file."""
    by_line = {case.line: case for case in cases}
    kept, dropping, case = [], False, None
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        if line.startswith("@"):
            if number in by_line:
                kept += expectations(case, results) + ["\n"]
                case = by_line[number]
            dropping = line[1:].strip().split(" ")[0] in ("stdout", "stderr", "status")
        if not dropping and line != "\n":
            kept.append(line)
    path.write_text("".join(kept + expectations(case, results)))


def expectations(case, results):
    outcome = results.get(case.line) if case else None
    if outcome is None:
        return []
    matched = {stream for stream, _ in case.has}
    lines = []
    for stream, text in zip(("stdout", "stderr"), outcome):
        if text and (stream in case.exact or stream not in matched):
            lines.append(f"@{stream}\n{text}" + ("" if text.endswith("\n") else "\n"))
    if outcome[2] != 0:
        lines.append(f"@status {outcome[2]}\n")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skerry", required=True, help="the program to test")
    parser.add_argument("--windows", metavar="EMULATOR", help="run it with this (scripts/wine-run)")
    parser.add_argument("--libs", default=".", help="native libraries of the tests")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("path", nargs="*", default=[str(ROOT / "tests/e2e")])
    arguments = parser.parse_args()
    runner = Runner(arguments.skerry, arguments.windows, arguments.libs)
    files = []
    for name in arguments.path:
        path = pathlib.Path(name).resolve()
        files += sorted(path.rglob("*.test")) if path.is_dir() else [path]
    failed = total = skipped = 0
    for path in files:
        try:
            bad, count = run_file(path, runner, arguments.update)
        except BadTest as problem:
            print(problem)
            bad = count = 1
        except Skipped as reason:
            print(reason)
            skipped += 1
            continue
        failed, total = failed + bad, total + count
    print(f"{len(files)} files, {skipped} skipped, {total} cases, {failed} failed")
    if skipped and skipped == len(files):
        return needs.SKIPPED
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
