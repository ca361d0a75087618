"""The benchmark harness behind bench/run.py. Standard library only.

The modules in the order data flows: peers (the other runtimes), programs (what is run), guests
(built programs), engines (what runs them), callers (who calls whom, from C and from Go), measure
(one run, and rounds of runs), suites (which programs on which engines), summary (ratios, means,
bars), table and chart (the results for people).
"""
import pathlib
import sys

BENCH = pathlib.Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
sys.path.insert(0, str(ROOT / "scripts"))  # devtool: how ./dev runs commands, installs things
sys.path.insert(0, str(ROOT / "tests/sdk/bindgen"))
import build as c_libraries  # noqa: E402, F401 (libraries that the tests of `skerry bindgen` make)

OUT = ROOT / "out/bench"
PEERS = ROOT / "out/peers"
