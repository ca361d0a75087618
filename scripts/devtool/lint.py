"""Checks the rules of the code: layers, names and sizes (scripts/check_layers.py), then clang-tidy.

clang-tidy reads what the preset `dev` compiles of src/ and tests/; the Windows halves are not seen.
A file is given to it again only when the file, a header it includes or .clang-tidy has changed; what
was clean is remembered in out/lint. Examples:
  ./dev lint --changed        what this branch changes, before it is handed in
  ./dev lint --layers         no clang-tidy at all
"""
import concurrent.futures
import hashlib
import json
import subprocess
import sys

from devtool import build, packages, shell
from devtool.shell import OUT, ROOT

STAMPS = OUT / "lint"


def add_arguments(parser):
    parser.add_argument("--layers", action="store_true", help="only check_layers.py (no clang-tidy)")
    parser.add_argument("--all", action="store_true", help="also files that were clean before")
    parser.add_argument("--changed", nargs="?", const="main", metavar="BASE",
                        help="only what differs from the branch or commit BASE (default: main), and "
                        "what includes it")
    parser.add_argument("file", nargs="*", help="give only these files to clang-tidy")


def main(arguments):
    code = layers()
    if arguments.layers:
        return code
    return tidy(arguments.file, arguments.all, arguments.changed) or code


def layers():
    return shell.status([sys.executable, ROOT / "scripts/check_layers.py"])


def tidy(only=(), again=False, base=None):
    packages.need("lint")
    # Dependencies are known from the last build, so there has to be one; only `dev` is needed.
    folder = build.build("dev")
    wanted = {str((ROOT / name).resolve()) for name in only}
    commands = json.loads((folder / "compile_commands.json").read_text())
    sources = sorted({entry["file"] for entry in commands
                      if entry["file"].startswith((str(ROOT) + "/src/", str(ROOT) + "/tests/"))
                      and (not wanted or entry["file"] in wanted)})
    headers = included_headers(folder)
    if base:
        changed = changed_since(base)
        sources = [source for source in sources
                   if not changed.isdisjoint([source, *headers.get(source, [])])]
    stamps = {source: STAMPS / digest(source, headers.get(source, [])) for source in sources}
    todo = [source for source in sources if again or not stamps[source].exists()]
    shell.say(f"clang-tidy: {len(todo)} of {len(sources)} files")
    STAMPS.mkdir(parents=True, exist_ok=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(shell.jobs()) as pool:
        for source, result in zip(todo, pool.map(lambda s: tidy_one(folder, s), todo)):
            if result.returncode == 0:
                stamps[source].touch()
            else:
                failed += 1
                print(result.stdout, end="", flush=True)
    print(f"clang-tidy: {len(todo) - failed} clean, {failed} with findings")
    return 1 if failed else 0


def tidy_one(folder, source):
    return subprocess.run(["clang-tidy-19", "-p", folder, "--quiet", source], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)


def changed_since(base):
    """Files that differ from where this branch left `base`, committed or not."""
    start = shell.output(["git", "merge-base", base, "HEAD"])
    if start is None:
        raise shell.Failure(f"no branch or commit `{base}` to compare with", 2)
    listed = shell.output(["git", "diff", "--name-only", start.strip()])
    new = shell.output(["git", "ls-files", "--others", "--exclude-standard"])
    return {str(ROOT / name) for name in (listed + new).splitlines()}


def included_headers(folder):
    """Source file -> the project's headers it includes, as ninja wrote down while building."""
    listing = shell.output(["ninja", "-C", folder, "-t", "deps"]) or ""
    headers = {}
    for block in listing.split("\n\n"):
        files = [line.strip() for line in block.splitlines()[1:]]
        files = [name for name in files if name.startswith(str(ROOT) + "/")]
        source = next((name for name in files if name.endswith((".cc", ".c"))), None)
        if source:
            headers[source] = sorted(name for name in files if name != source)
    return headers


def digest(source, headers):
    total = hashlib.sha256()
    for settings in sorted(ROOT.glob(".clang-tidy")) + sorted(ROOT.glob("*/.clang-tidy")):
        total.update(settings.read_bytes())
    for name in [source, *headers]:
        total.update(name.encode())
        total.update(open(name, "rb").read())
    return total.hexdigest()
