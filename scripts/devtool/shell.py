"""Running other programs and knowing where things are.

Every subcommand of ./dev goes through here, so that each command that is run is printed first and a
failure ends with one line that says which command failed.
"""
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
BIN = OUT / "bin"
GUESTS = OUT / "guests"


class Failure(Exception):
    """Ends ./dev with a message instead of a stack trace."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def jobs():
    """How many things may run at once: SKERRY_JOBS, or the number of CPUs this process may use."""
    return int(os.environ.get("SKERRY_JOBS") or len(os.sched_getaffinity(0)))


def status(command, to_stderr=False, **options):
    """Runs a command to its end and gives its exit status.

    to_stderr keeps ./dev's own stdout clean, e.g. for the output of the program that is run last.
    """
    command = [str(word) for word in command]
    print("$ " + shlex.join(command), file=sys.stderr, flush=True)
    options.setdefault("cwd", ROOT)
    if to_stderr:
        options["stdout"] = sys.stderr
    try:
        return subprocess.run(command, **options).returncode
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed", 127) from None


def run(command, **options):
    """Runs a command that has to succeed."""
    code = status(command, **options)
    if code != 0:
        raise Failure(f"`{shlex.join(map(str, command))}` ended with status {code}")


def output(command, **options):
    """What a command prints, or None when it fails or does not exist."""
    options.setdefault("cwd", ROOT)
    try:
        result = subprocess.run([str(word) for word in command], text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options)
    except FileNotFoundError:
        return None
    return result.stdout if result.returncode == 0 else None


def tracked_files(*patterns):
    """The project's files that match git's patterns, also those not added yet, never those in out/."""
    listing = output(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns])
    if listing is None:
        raise Failure("this is not a git checkout, so the list of files is not known")
    return [ROOT / line for line in sorted(set(listing.splitlines())) if (ROOT / line).is_file()]
