"""Checks that the documentation is true where a machine can tell.

Relative links must lead somewhere, `./dev` commands shown in text must exist, and files that promise
a length keep it. The Markdown files are the documentation; only the reference of the C and C++
interface is generated from its headers, by `./dev docs --html`, into out/docs/html.
"""
import re

from devtool import packages, shell
from devtool.shell import ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\./dev ([a-z][a-z-]*)")
# docs/DESIGN.md is to be read in one sitting.
LONGEST = {"docs/DESIGN.md": 80}


def add_arguments(parser):
    parser.add_argument("--html", action="store_true", help="generate the reference instead")


def reference():
    """Makes the HTML; a warning of doxygen is a failure."""
    packages.need("docs")
    (shell.OUT / "docs").mkdir(parents=True, exist_ok=True)
    status = shell.status(["doxygen", "docs/Doxyfile"])
    if status == 0:
        print("docs: out/docs/html/index.html")
    return status


def main(arguments):
    if arguments and arguments.html:
        return reference()
    problems = []
    known = set(re.findall(r'^    "([a-z-]+)": \(', (ROOT / "dev").read_text(), re.M))
    files = shell.tracked_files("*.md")
    for path in files:
        lines = path.read_text().splitlines()
        name = path.relative_to(ROOT)
        for number, line in enumerate(lines, 1):
            for target in LINK.findall(line):
                if not leads_somewhere(path, target):
                    problems.append(f"{name}:{number}: link to `{target}`, which does not exist")
            for command in COMMAND.findall(line):
                if command not in known:
                    problems.append(f"{name}:{number}: no command `./dev {command}`")
        limit = LONGEST.get(str(name))
        if limit and len(lines) > limit:
            problems.append(f"{name}: {len(lines)} lines, at most {limit} are allowed")
    print("\n".join(problems) or f"docs: {len(files)} files, every link and command exists")
    return 1 if problems else 0


def leads_somewhere(path, target):
    if re.match(r"[a-z]+:", target) or target.startswith("#"):
        return True
    return (path.parent / target.split("#")[0]).exists()
