#!/usr/bin/env python3
"""Builds the samples of docs/guide/network.md and runs them as the page says.

  tests/wasi/network_guide.py --skerry out/bin/skerry
The samples are the page's code blocks in their order: adding one is a change here, too. What is
not run is what the page tells a reader to type, but for the ports, which are free ones.
"""
import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

from network import Checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/guide/network.md"
TIMEOUT_SECONDS = 120
CLANG = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O2"]


def samples():
    """{"go": [text], "c": [text], "toml": [text], ...}"""
    found = {}
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text(), re.M | re.S):
        found.setdefault(language, []).append(text)
    return found


class Guide(Checks):
    def __init__(self, skerry, folder):
        super().__init__(folder)
        self.skerry, self.samples = skerry, samples()

    def go(self, number):
        folder = self.folder / f"go{number}"
        shutil.copytree(ROOT / "tests/wasi/go_net", folder, ignore=lambda _, names: [
            name for name in names if not name.startswith("go.")])
        (folder / "main.go").write_text(self.samples["go"][number])
        subprocess.run(["go", "build", "-tags", "getaddrinfo", "-o", "module.wasm", "."], check=True,
                       cwd=folder, env={**os.environ, "GOOS": "wasip1", "GOARCH": "wasm"})
        return folder / "module.wasm"

    def c(self, number):
        source = self.folder / f"c{number}.c"
        source.write_text(self.samples["c"][number])
        subprocess.run([*CLANG, "-Wall", "-Werror", source, "-o", source.with_suffix(".wasm")], check=True)
        return source.with_suffix(".wasm")

    def command(self, *words):
        return [self.skerry, "run", *map(str, words)]

    def run(self, *words):
        """(status, stdout, stderr)"""
        result = subprocess.run(self.command(*words), text=True, capture_output=True, env=self.environment,
                                timeout=TIMEOUT_SECONDS, check=False)
        return result.returncode, result.stdout, result.stderr

    def serve(self, module, talk):
        server = subprocess.Popen(self.command("--listen", "127.0.0.1:0", module), text=True,
                                  stderr=subprocess.PIPE, env=self.environment)
        try:
            port = int(server.stderr.readline().rpartition(":")[2])
            return talk(port)
        finally:
            server.kill()
            server.communicate()

    def listeners(self):
        def fetch(port):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/there", timeout=30) as answer:
                return answer.read()
        self.expect("Go serves", self.serve(self.go(0), fetch), b"hello /there\n")
        status, _, err = self.run(self.folder / "go0/module.wasm")
        self.expect("Go without --listen", (status, "start it with --listen" in err), (1, True))

        def echo(port):
            with socket.create_connection(("127.0.0.1", port), 30) as client:
                client.sendall(b"again")
                return client.recv(100)
        self.expect("C serves", self.serve(self.c(0), echo), b"again")

    def own_sockets(self):
        self.expect("Go both ways", self.run("--bind", "127.0.0.1:*", "--connect", "localhost:*", self.go(1)),
                    (0, "hello /there\n", ""))
        client = self.c(1)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(30)
            port = server.getsockname()[1]
            outcome = self.run("--connect", f"127.0.0.1:{port}", client, port)
            self.expect("C connects", outcome, (0, "", ""))
            with server.accept()[0] as connection:
                self.expect("C sends", connection.recv(100), b"hello\n")
            self.expect("no rule", self.run(client, port), (1, "", "errno 2\n"))
            policy = self.folder / "quota.toml"
            policy.write_text('[network.connect]\nallow = ["127.0.0.1:*"]\n[limits]\nwritten = 5\n')
            # Its complaint is written in what is left: nothing was taken for what was not sent.
            self.expect("limits.written", self.run("--policy", policy, client, port)[2], "write")
            with server.accept()[0] as connection:
                self.expect("nothing of it is sent", connection.recv(100), b"")

    def policy(self):
        policy = self.folder / "guide.toml"
        policy.write_text(self.samples["toml"][0])
        outcome = subprocess.run([self.skerry, "policy", "check", policy], capture_output=True, text=True,
                                 env=self.environment, timeout=TIMEOUT_SECONDS, check=False)
        self.expect("its policy", (outcome.returncode, outcome.stderr), (0, ""))
        status, _, err = self.run("--policy", policy, "--listen", "127.0.0.1:8081", self.c(0))
        self.expect("listening elsewhere", (status, "does not allow" in err), (77, True))

    def claims(self):
        """The tests that the page names exist."""
        tests = "".join(path.read_text() for path in (ROOT / "tests/unit").rglob("*.cc"))
        named = re.findall(r"`(\w+Test)\.(\w+)`", PAGE.read_text())
        missing = [f"{suite}.{name}" for suite, name in named
                   if not re.search(rf"TEST(_\w)?\({suite}, {name}\)", tests)]
        self.expect("tests that are named", (len(named) > 5, missing), (True, []))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--skerry", type=pathlib.Path, required=True)
    with tempfile.TemporaryDirectory() as name:
        guide = Guide(parser.parse_args().skerry.resolve(), pathlib.Path(name))
        guide.listeners()
        guide.own_sockets()
        guide.policy()
        guide.claims()
    sys.exit(1 if guide.wrong else 0)


if __name__ == "__main__":
    main()
