"""Calls from one language to another: the rows of suites `calls`, `go-calls` and `libraries`, and who makes the calls.

A caller is one side: a program that runs one row a process, times many short rounds within it, and tells the quickest
as the time of TOLD calls. Here is how each is built and called; timing the rounds in turn is suites.py's. What a caller
needs and is not there leaves that caller out, never the others.
"""
import shutil
from dataclasses import dataclass, field
from typing import Callable

from devtool import shell

from harness import BENCH, OUT, ROOT, c_libraries, engines, guests, peers

TOLD = 1e6
LIBRARY = engines.SKERRY.parent.parent / "lib/libskerry.so"  # of the same build
GO = BENCH / "calls"
CGO = {"CGO_ENABLED": "1", "CC": guests.CLANG}
NO_CGO = {"CGO_ENABLED": "0"}


@dataclass(frozen=True)
class Caller:
    name: str
    label: str
    color: str  # in charts
    prepare: Callable  # () -> what makes a command line of a row; shell.Failure when something is missing
    environment: dict = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Calls:
    about: str
    callers: tuple  # names of those that can


@dataclass(frozen=True)
class Ready:
    """A caller whose program is built."""
    caller: Caller
    command: Callable  # (row) -> command line


# --- From C ---------------------------------------------------------------------------------------


def from_c(word, library=None):
    """bench/calls.c, and what it loads: an engine, and for row `bound` a library beside it."""
    def prepare():
        if library is None:
            program = guests.build_calls()
            return lambda row: [program, word, row]
        if not library.exists():
            raise shell.Failure(f"there is no {library.name}")
        program, manifest = guests.build_calls(), GO / "ints.toml"
        guests.make(OUT / "libints.so", [guests.CLANG], ["-O2", "-shared", "-fPIC", GO / "ints.c"], [GO / "ints.c"],
                    guests.version_of(guests.CLANG))
        return lambda row: [program, word, row, library, manifest]
    return prepare


# --- From Go --------------------------------------------------------------------------------------


def from_go(name, environment):
    """One of the programs of bench/calls, and the module that they call."""
    def prepare():
        guest = OUT / "go-calls/guest.wasm"
        words = ["--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", GO / "guest.c"]
        guests.make(guest, [guests.CLANG], words, [GO / "guest.c"], guests.version_of(guests.CLANG))
        program = build_go(OUT / "go-calls" / name, GO, f"./{name}", environment)
        return lambda row: [program, guest, row]
    return prepare


def libraries_by_cgo():
    """Linked with objects of the libraries' sources."""
    need_libraries()
    objects, flags = [], []
    for name in c_libraries.LIBRARIES:
        folder, files = c_libraries.sources(name)
        objects.append(OUT / f"libraries/{name}.o")
        flags.append(f"-I{folder}")
        guests.make(objects[-1], [guests.CLANG], c_libraries.native_words(name), files, guests.version_of(guests.CLANG))
    archive = OUT / "libraries/liball.a"  # cgo names its linker's inputs more than once
    shell.run(["ar", "rcs", archive, *objects], to_stderr=True)
    program = build_go(OUT / "libraries/cgo", GO, "./libraries/cgo", {
        **CGO, "CGO_CFLAGS": " ".join(["-O2", *flags]), "CGO_LDFLAGS": str(archive)}, [archive])
    return lambda row: [program, row]


def libraries_by_skerry():
    """As modules, through packages that `skerry bindgen` writes, in a copy of the program."""
    need_libraries()
    if not engines.SKERRY.exists():
        raise shell.Failure(f"there is no {engines.SKERRY.name}")
    folder = OUT / "libraries/calls"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(GO, folder)
    module = folder / "go.mod"
    module.write_text(module.read_text().replace("../../sdk/go", str(ROOT / "sdk/go")))
    for name in c_libraries.LIBRARIES:
        shutil.copytree(build_package(name), folder / "libraries" / name)
    program = build_go(OUT / "libraries/skerry", folder, "./libraries/skerry", NO_CGO)
    return lambda row: [program, row]


def build_package(name):
    package = OUT / "libraries/packages" / name
    file = package / f"{name}.wasm"
    _, sources = c_libraries.sources(name)
    guests.make(file, [guests.CLANG], c_libraries.module_words(name), sources, guests.version_of(guests.CLANG))
    words, inputs = c_libraries.package_words(name, file)
    guests.make(package, [engines.SKERRY, "bindgen"], words, [*inputs, file, engines.SKERRY], "")
    return package


def need_libraries():
    missing = c_libraries.missing(engines.SKERRY)
    if missing:
        raise shell.Failure(missing)


def build_go(target, folder, package, environment, inputs=()):
    if not LIBRARY.exists():
        raise shell.Failure(f"there is no {LIBRARY.name}")
    if shutil.which("go") is None:
        raise shell.Failure("Go is not installed (https://go.dev/dl)")
    sources = [path for root in (folder, ROOT / "sdk/go") for path in sorted(root.rglob("*"))
               if path.suffix in (".go", ".c", ".mod", ".sum", ".wasm", ".s", ".h")]
    guests.make(target, ["go", "build", "-C", folder], ["-trimpath", "-buildvcs=false", package], [*sources, *inputs],
                guests.version_of("go", "version"), environment)
    return target


# --- Suites ---------------------------------------------------------------------------------------

SKERRY_GO = {"SKERRY_LIBRARY": str(LIBRARY)}

# Suite -> its callers.
CALLERS = {
    "calls": (
        Caller("native", "native", "#555555", from_c("native")),
        Caller("skerry", "Skerry", "#c8102e", from_c("skerry", LIBRARY)),
        Caller("wasmtime-c", "wasmtime's C API", "#7fb8ee", from_c("wasmtime", peers.BIN / "libwasmtime")),
    ),
    "go-calls": (
        Caller("cgo", "cgo", "#555555", from_go("cgo", CGO)),
        Caller("skerry-go", "Skerry's Go SDK", "#c8102e", from_go("skerry", NO_CGO), SKERRY_GO),
        Caller("wazero", "wazero", "#d9a300", from_go("wazero", NO_CGO)),
    ),
    "libraries": (
        Caller("cgo", "cgo", "#555555", libraries_by_cgo),
        Caller("skerry-go", "Skerry's Go SDK", "#c8102e", libraries_by_skerry, SKERRY_GO),
    ),
}

C = ("native", "skerry", "wasmtime-c")
GO_ALL = ("cgo", "skerry-go", "wazero")
GO_SKERRY = ("skerry-go",)
BOTH = ("cgo", "skerry-go")

# Suite -> {row: what it is}.
ROWS = {
    "calls": {
        "call": Calls("C calls a func that adds two numbers", C),
        "host": Calls("a loop in Wasm calls a function of C that does", C),
        "bound": Calls("so does it by a manifest, which binds a library's function", ("native", "skerry")),
    },
    "go-calls": {
        "go-add": Calls("Go calls a func that adds two numbers", GO_ALL),
        "go-batch": Calls("the same, a thousand calls at once", GO_SKERRY),
        "go-host": Calls("a loop calls a function of Go", GO_ALL),
        "go-buffer": Calls("Go passes 1 KiB and has it summed", GO_ALL),
        "go-stop": Calls("mean stop of Go's world while a module loops", GO_SKERRY),
        "go-instance": Calls("one of 10,000 instances that live at once is made", GO_SKERRY),
        "go-instance-called": Calls("the same, and it is called once", GO_SKERRY),
        "go-instance-kib": Calls("what such a one holds of memory: KiB, not ns", GO_SKERRY),
    },
    "libraries": {
        "zlib.crc32": Calls("checksum of 64 bytes", BOTH),
        "zlib.compress": Calls("64 KiB of text, level 6", BOTH),
        "zlib.uncompress": Calls("and back", BOTH),
        "zstd.compress": Calls("64 KiB of text, level 3", BOTH),
        "zstd.decompress": Calls("and back", BOTH),
        "sqlite.insert": Calls("a row of a text and a number, in memory", BOTH),
        "sqlite.select": Calls("such a row is read", BOTH),
    },
}
UNITS = {"calls": "ns a call", "go-calls": "ns a call", "libraries": "ns a call or row"}


def everybody():
    return [caller for callers in CALLERS.values() for caller in callers]


def prepare(suites):
    """{suite: [Ready]}, and notes on callers that are left out."""
    ready, notes = {}, []
    for suite in suites:
        ready[suite] = []
        for caller in CALLERS.get(suite, ()):
            try:
                ready[suite].append(Ready(caller, caller.prepare()))
            except shell.Failure as failure:
                notes.append(f"{caller.label} is left out of {suite}: {failure}")
    return ready, notes
