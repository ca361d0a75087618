#!/usr/bin/env python3
"""Refuses code that breaks the rules of the rooms; run by `./dev lint` and CI.

Checked, each with file:line:
  - an #include of another room, or of an outside library, that src/LAYERS does not allow;
  - operating-system headers, _WIN32 and its like in rooms that have no `os` in src/LAYERS;
  - a room that may include one below it (so that the order of LAYERS is the order of data flow);
  - file names that say nothing (utils, helpers, ...), and source files that open without a comment;
  - files over 1000 lines (error) or over 600 lines (warning); .def tables may be longer than 600.
Not checked here: what a linker or compiler sees by itself.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# First folder (or whole name) of a library's headers -> its name in src/LAYERS.
LIBRARY_HEADERS = {"fmt": "fmt", "xbyak": "xbyak", "CLI": "cli11", "nlohmann": "json",
                   "llvm": "llvm", "llvm-c": "llvm", "blake3.h": "blake3",
                   "sodium": "sodium", "toml++": "toml", "ffi.h": "ffi", "clang-c": "clang"}
# C headers that C++ code may name: they exist everywhere and have no C++ twin worth preferring.
PLAIN_C_HEADERS = {"immintrin.h", "stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "string.h"}
OS_MACRO = re.compile(r"\b(_WIN32|_WIN64|__MINGW\w+|__linux__|__unix__|__APPLE__|_MSC_VER)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "misc"}
WARN_LINES, MAX_LINES = 600, 1000
SOURCE_SUFFIXES = {".cc", ".h", ".c", ".def", ".py", ".go", ".s"}


class Room:
    def __init__(self, rooms, libraries):
        self.rooms, self.libraries = rooms, libraries


def read_layers(path, problems):
    rooms = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9]+):([^|]*)(?:\|(.*))?", line)
        if not match:
            problems.append(f"src/LAYERS:{number}: cannot be read")
            continue
        name, allowed = match[1], match[2].split()
        for other in allowed:
            if other not in rooms:
                problems.append(f"src/LAYERS:{number}: `{name}` may not include `{other}`, "
                                "which stands below it or nowhere")
        rooms[name] = Room(set(allowed), set((match[3] or "").split()))
    return rooms


def check_include(room_name, room, rooms, quote, target):
    """What is wrong with one #include, or None."""
    first = target.split("/")[0]
    if quote == '"':
        if first in rooms and "/" in target:
            if first != room_name and first not in room.rooms:
                return f"`{room_name}` may not include `{first}` (src/LAYERS)"
            return None
        if first == "skerry" or target in ("wasm.h", "skerry.h", "skerry_plugin.h"):
            # The public C headers, in include/.
            return None if room_name in ("capi", "embed", "cli", "native", "serve") else "public headers are for capi, embed and native"
        if target == "skerry.hpp":
            return "skerry.hpp is for programs that use the library: its names are the engine's"
        return 'includes are written "room/file.h", with src/ as the root'
    if first in LIBRARY_HEADERS:
        library = LIBRARY_HEADERS[first]
        if library in room.libraries or library == room_name:
            return None
        return f"`{room_name}` may not include the library `{library}` (src/LAYERS)"
    if "." not in target or target in PLAIN_C_HEADERS or "os" in room.libraries:
        return None
    return f"<{target}> is an operating-system header: only the platform room has those"


def check_source(path, rooms, problems):
    name = path.relative_to(ROOT)
    room_name = name.parts[1]
    room = rooms.get(room_name)
    if room is None:
        problems.append(f"{name}:1: the room `{room_name}` is not in src/LAYERS")
        return
    lines = path.read_text(errors="replace").splitlines()
    if not lines or not lines[0].startswith(("//", "/*")):
        problems.append(f"{name}:1: a file opens with a comment: what it is, what it is not")
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        problem = match and check_include(room_name, room, rooms, match[1], match[2])
        if problem:
            problems.append(f"{name}:{number}: {problem}")
        if line.lstrip().startswith("#") and "os" not in room.libraries:
            macro = OS_MACRO.search(line)
            if macro:
                problems.append(f"{name}:{number}: {macro[0]} belongs in the platform room")


def check_name_and_size(path, problems, warnings):
    name = path.relative_to(ROOT)
    words = set(re.split(r"[_\-.]", path.stem.lower()))
    for word in sorted(words & EMPTY_NAMES):
        problems.append(f"{name}:1: `{word}` does not say what the file holds")
    count = path.read_bytes().count(b"\n")
    if count > MAX_LINES:
        problems.append(f"{name}:{MAX_LINES}: {count} lines, at most {MAX_LINES} are allowed")
    elif count > WARN_LINES and path.suffix != ".def":
        warnings.append(f"{name}: {count} lines; is there a seam to cut it at?")


def main():
    problems, warnings = [], []
    rooms = read_layers(ROOT / "src/LAYERS", problems)
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                             stdout=subprocess.PIPE, check=True).stdout
    files = [ROOT / line for line in sorted(set(listing.splitlines()))]
    files = [path for path in files if path.suffix in SOURCE_SUFFIXES and path.is_file()]
    for path in files:
        check_name_and_size(path, problems, warnings)
        parts = path.relative_to(ROOT).parts
        if parts[0] == "src" and len(parts) > 2 and path.suffix in (".cc", ".h", ".def"):
            check_source(path, rooms, problems)
    for line in warnings:
        print(f"warning: {line}")
    for line in problems:
        print(f"error: {line}")
    print(f"layers: {len(files)} files, {len(problems)} errors, {len(warnings)} warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
