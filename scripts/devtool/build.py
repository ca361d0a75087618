"""Configures and builds one preset of CMakePresets.json (default: release).

The release preset leaves programs in out/bin and libraries in out/lib; every other preset keeps to
its own folder, out/build/<preset>.
"""
import json

from devtool import packages, shell
from devtool.shell import OUT, ROOT

# Groups of packages that a preset needs beside `build`.
EXTRA_GROUPS = {"windows": ["windows"], "fuzz": ["fuzz"], "llvm-19": ["llvm-19"]}


# Presets that build the optimising compiler.
LLVM_PRESETS = {"dev", "release"}


def need_llvm():
    """LLVM is big and not every system has this version: what is built without it is all but one tier."""
    try:
        packages.need("llvm")
    except shell.Failure as failure:
        shell.say(f"building without the optimising compiler: {failure}")


def presets():
    listed = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
    return [preset["name"] for preset in listed if not preset.get("hidden")]


def add_arguments(parser):
    parser.add_argument("--preset", default="release", choices=presets())
    parser.add_argument("--target", action="append", default=[], help="build only this target")
    parser.add_argument("--clean", action="store_true", help="start from an empty build folder")


def main(arguments):
    build(arguments.preset, arguments.target, arguments.clean)
    return 0


def directory(preset):
    return OUT / "build" / preset


def build(preset, targets=(), clean=False):
    """Builds and returns the build folder. Quiet when there is nothing to do."""
    packages.need("build", *EXTRA_GROUPS.get(preset, []))
    if preset in LLVM_PRESETS:
        need_llvm()
    folder = directory(preset)
    if clean:
        import shutil
        shutil.rmtree(folder, ignore_errors=True)
    made = folder / "build.ninja"
    if not made.exists() or made.stat().st_mtime < (ROOT / "CMakePresets.json").stat().st_mtime:
        shell.run(["cmake", "--preset", preset], to_stderr=True)
    command = ["cmake", "--build", folder, "--parallel", shell.jobs()]
    if targets:
        command += ["--target", *targets]
    # On stderr, so that `./dev run` prints nothing but what the program prints.
    shell.run(command, to_stderr=True)
    return folder
