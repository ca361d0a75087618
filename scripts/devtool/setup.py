"""Installs what a purpose needs. Without a name: what `./dev build`, `run` and `test` need.

Every other subcommand calls this for itself, so there is no need to run it first.
"""
from devtool import packages, shell

DEFAULT = ["build", "guests", "spec"]


def add_arguments(parser):
    lines = [f"{name}: {purpose}" for name, (purpose, _) in packages.GROUPS.items()]
    parser.add_argument("group", nargs="*", metavar="GROUP",
                        help="; ".join(lines) + "; all: every one of them")
    parser.add_argument("--check", action="store_true", help="only say what is missing")


def main(arguments):
    groups = arguments.group or DEFAULT
    if "all" in groups:
        groups = list(packages.GROUPS)
    for name in groups:
        if name not in packages.GROUPS:
            raise shell.Failure(f"no group `{name}`; there are: {' '.join(packages.GROUPS)} all", 2)
    if arguments.check:
        missing = sorted({p for group in groups for p in packages.missing_packages(group)})
        print("missing: " + " ".join(missing) if missing else "nothing is missing")
        return 1 if missing else 0
    packages.need(*groups)
    shell.say("ready: " + " ".join(groups))
    return 0
