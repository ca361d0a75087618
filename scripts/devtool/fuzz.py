"""Builds the libFuzzer programs (preset `fuzz`, clang) and runs one of them for a while.

The corpus grows in out/fuzz/<target>/corpus; an input that crashes is left in out/fuzz/<target>
and is to become a unit test with the fix.
"""
from devtool import build, shell
from devtool.shell import OUT, ROOT
from devtool.test import SANITIZER_OPTIONS

import os


def targets():
    return sorted(path.stem for path in (ROOT / "fuzz").glob("*.cc"))


def add_arguments(parser):
    parser.add_argument("target", nargs="?", help="one of: " + (", ".join(targets()) or "none yet"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seeds", default=str(OUT / "guests"), help="folder with first inputs")


def main(arguments):
    if arguments.target is None:
        print("\n".join(targets()))
        return 0
    if arguments.target not in targets():
        raise shell.Failure(f"no target `{arguments.target}`; there are: {' '.join(targets())}", 2)
    folder = build.build("fuzz", [f"fuzz_{arguments.target}"])
    work = OUT / "fuzz" / arguments.target
    (work / "corpus").mkdir(parents=True, exist_ok=True)
    command = [folder / "bin" / f"fuzz_{arguments.target}", work / "corpus"]
    if os.path.isdir(arguments.seeds):
        command.append(arguments.seeds)
    command += [f"-max_total_time={arguments.seconds}", f"-artifact_prefix={work}/",
                "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"]
    return shell.status(command, env={**SANITIZER_OPTIONS, **os.environ})
