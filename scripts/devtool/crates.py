"""Sources and data that come from crates.io: unpacked below out/crates, never copied into the repository.

cargo fetches, so its cache and its settings hold. CMake calls this file as a program for the C sources that
are built into Skerry; what a crate is used for is said where it is asked for.
"""
import json
import os
import pathlib
import shutil
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from devtool import shell
from devtool.shell import OUT, Failure

CRATES = OUT / "crates"


def folder(name, version):
    """Where the crate's files are, once it was fetched."""
    return CRATES / f"{name}-{version}"


def fetch(name, version):
    """The folder with the crate's files."""
    target = folder(name, version)
    if target.exists():
        return target
    if shutil.which("cargo") is None:
        raise Failure(f"missing: cargo (fetches the crate {name})\n  get it from https://rustup.rs", 2)
    project = CRATES / f".fetch-{name}-{version}"
    (project / "src").mkdir(parents=True, exist_ok=True)
    (project / "src/lib.rs").touch()
    (project / "Cargo.toml").write_text(
        f'[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n'
        f'[workspace]\n[dependencies]\n{name} = "={version}"\n')
    shell.say(f"fetching crate {name} {version}")
    shell.run(["cargo", "fetch", "--quiet"], cwd=project, to_stderr=True)
    metadata = shell.output(["cargo", "metadata", "--format-version", "1", "--offline"], cwd=project)
    if metadata is None:
        raise Failure("`cargo metadata` failed in " + str(project))
    manifest = next(package["manifest_path"] for package in json.loads(metadata)["packages"]
                    if package["name"] == name)
    # Complete or not there, also when two builds fetch at once.
    partial = CRATES / f".{name}-{version}.{os.getpid()}"
    shutil.copytree(os.path.dirname(manifest), partial)
    try:
        partial.rename(target)
    except OSError:
        shutil.rmtree(partial)
    shutil.rmtree(project, ignore_errors=True)
    return target


if __name__ == "__main__":
    try:
        print(fetch(sys.argv[1], sys.argv[2]))
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(failure.status)
