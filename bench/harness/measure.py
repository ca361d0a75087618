"""Running one command and knowing what it cost, and the interleaving of rounds.

Every run goes through bench/launch.c, which measures wall time, CPU time and peak memory; a
program's own `kernel_ns` line is read from its stderr.
"""
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

from harness import OUT

KERNEL_LINE = re.compile(rb"^kernel_ns (\d+)$", re.M)


@dataclass(frozen=True)
class Run:
    wall_ns: int
    cpu_ns: int
    peak_kib: int
    kernel_ns: int | None
    status: int
    stdout: bytes
    complaint: str  # why it counts as failed, or ""

    def figures(self):
        """What goes into the JSON file."""
        return {"wall_ns": self.wall_ns, "cpu_ns": self.cpu_ns, "peak_kib": self.peak_kib,
                "kernel_ns": self.kernel_ns}


class Stopwatch:
    def __init__(self, launcher, timeout_seconds):
        self.launcher = launcher
        self.timeout_seconds = timeout_seconds
        self.folder = OUT / "run"
        self.folder.mkdir(parents=True, exist_ok=True)

    def run(self, command, environment=None):
        report, stdout, stderr = (self.folder / name for name in ("report", "stdout", "stderr"))
        words = [self.launcher, report, stdout, stderr, self.timeout_seconds, *command]
        words[5] = shutil.which(words[5]) or words[5]
        subprocess.run([str(word) for word in words], cwd=self.folder, env=environment, check=True)
        cost, errors = json.loads(report.read_text()), stderr.read_bytes()
        kernel = KERNEL_LINE.search(errors)
        return Run(cost["wall_ns"], cost["user_ns"] + cost["system_ns"], cost["peak_kib"],
                   int(kernel[1]) if kernel else None, cost["status"], stdout.read_bytes(),
                   self.complaint_of(cost, errors))

    def complaint_of(self, cost, errors):
        if cost["timed_out"]:
            return f"not done after {self.timeout_seconds} s"
        if cost["status"] == 0:
            return ""
        lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
        return f"exit status {cost['status']}" + (f": {lines[0][:160]}" if lines else "")


def rotations(items, rounds):
    """Each round's order: A B C, then B C A, ... so that none is always the first."""
    for i in range(rounds):
        shift = i % len(items) if items else 0
        yield items[shift:] + items[:shift]


def progress(text):
    print(text, file=sys.stderr, flush=True)
