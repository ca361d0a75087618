#!/usr/bin/env python3
"""Runs the Go guest go_net against real peers on loopback: net/http over a socket of --listen, servers
and clients that it opens itself, names, and what rules refuse.

  tests/wasi/network.py --skerry out/bin/skerry [--prefix wine]
Prints one line a case; IPv6 is left out, and said so, where the machine has none.
"""
import argparse
import concurrent.futures
import http.client
import http.server
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_SECONDS = 120
BIG = b"x" * (1 << 20)


def build(folder):
    module = folder / "go_net.wasm"
    newest = max(path.stat().st_mtime for path in (HERE / "go_net").iterdir())
    if not module.exists() or module.stat().st_mtime < newest:
        folder.mkdir(parents=True, exist_ok=True)
        # With the tag, names are looked up by sock_getaddrinfo.
        subprocess.run(["go", "build", "-tags", "getaddrinfo", "-o", module, "."], check=True,
                       cwd=HERE / "go_net", env={**os.environ, "GOOS": "wasip1", "GOARCH": "wasm"})
    return module


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Checks:
    """Counts what is wrong. Settings and caches of the user are neither read nor written."""
    def __init__(self, folder):
        self.folder = folder
        own = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache")}
        self.environment = {**os.environ, **own}
        self.wrong = 0

    def expect(self, name, got, wanted):
        right = got == wanted
        print(f"{'ok' if right else 'WRONG'}: {name}" + ("" if right else f": {got!r}, expected {wanted!r}"))
        self.wrong += not right


class Tests(Checks):
    def __init__(self, skerry, module, folder):
        super().__init__(folder)
        self.skerry, self.module = skerry, module

    def run(self, options, *arguments):
        """(status, stdout, stderr)"""
        result = subprocess.run([*self.skerry, "run", *options, self.module, *arguments], text=True,
                                capture_output=True, timeout=TIMEOUT_SECONDS, env=self.environment, check=False)
        return result.returncode, result.stdout, result.stderr

    def serve(self, name, options):
        """net/http over a socket that it was given."""
        server = subprocess.Popen([*self.skerry, "run", *options, self.module, "listener"], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        try:
            host, _, port = server.stderr.readline().strip().removeprefix("listening on ").rpartition(":")

            def ask(path, body):
                connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=30)
                connection.request("POST", path, body)
                answer = connection.getresponse().read().decode()
                connection.close()
                return answer
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda i: ask(f"/{i}", BIG), range(20)))
            self.expect(f"{name}, requests", answers, [f"POST /{i} {len(BIG)}" for i in range(20)])
            self.expect(f"{name}, the last", ask("/quit", b""), "POST /quit 0")
            out, err = server.communicate(timeout=30)
            self.expect(f"{name}, its end", (server.returncode, out, err), (0, "1 web\n", ""))
        finally:
            server.kill()

    def sockets(self, host):
        everything = ["--bind", "*:*", "--connect", "*:*"]
        address = f"[{host}]:0" if ":" in host else f"{host}:0"
        wanted = f"http {address}\nudp {address}\ndeadline true\nclosed EOF\nrefused true\n"
        self.expect(f"sockets on {host}", self.run(everything, "sockets", host), (0, wanted, ""))

    def names(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://localhost:{server.server_port}/"
        by_name = ["--connect", f"localhost:{server.server_port}"]
        self.expect("a host by name", self.run(by_name, "get", url), (0, "answer\n", ""))
        status, out, _ = self.run(["--connect", "127.0.0.1:*"], "get", url)
        self.expect("a name that no rule allows", (status, "permission denied" in out.lower()), (1, True))
        server.shutdown()

    def rules(self):
        self.expect("no network by itself", self.run([], "dial", "127.0.0.1:1"),
                    (0, "dial: dial tcp 127.0.0.1:1: socket: Permission denied\n", ""))
        status, out, _ = self.run(["--connect", "10.0.0.0/8:*"], "dial", "127.0.0.1:1")
        self.expect("an address that no rule allows", (status, "permission denied" in out.lower()), (0, True))
        policy = self.folder / "policy.toml"
        policy.write_text('extends = "http-server"\n[with]\nport = "0"\n')
        self.serve("by a policy", ["--policy", str(policy), "--listen", "web=127.0.0.1:0"])
        status, _, err = self.run(["--policy", str(policy), "--listen", "0.0.0.0:0"], "listener")
        self.expect("listening where the policy does not", (status, err.splitlines()[:1]),
                    (77, ["error: --listen 0.0.0.0:0: the policy does not allow to listen there"]))


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"answer")

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--skerry", required=True)
    parser.add_argument("--prefix", default="", help="what runs a program of another system")
    parser.add_argument("--modules", type=pathlib.Path, help="folder for built modules",
                        default=HERE.parents[1] / "out/guests/wasi")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tests = Tests([*arguments.prefix.split(), arguments.skerry], build(arguments.modules), pathlib.Path(name))
        tests.serve("net/http over a listener", ["--listen", "web=127.0.0.1:0"])
        tests.sockets("127.0.0.1")
        if has_ipv6():
            tests.serve("net/http over IPv6", ["--listen", "web=[::1]:0"])
            tests.sockets("::1")
        else:
            print("left out: this machine has no IPv6 loopback")
        tests.names()
        tests.rules()
    sys.exit(1 if tests.wrong else 0)


if __name__ == "__main__":
    main()
