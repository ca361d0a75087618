"""What a test needs and a machine may lack. Each function answers why it is not there, or None.

A test that lacks something prints that and ends with SKIPPED, which its CMakeLists.txt tells ctest of.
Nothing is skipped where `./dev setup` has been.
"""
import pathlib
import subprocess
import tempfile

SKIPPED = 77


def libclang(skerry):
    """What reads headers for `skerry bind` and `bindgen`: the program, a list of words, is asked."""
    with tempfile.TemporaryDirectory(prefix="skerry-needs-") as folder:
        header = pathlib.Path(folder, "empty.h")
        header.touch()
        done = subprocess.run([*skerry, "bind", header.name], cwd=folder, capture_output=True,
                              text=True, timeout=60, check=False)
    return next((line for line in done.stderr.splitlines() if "there is no libclang" in line), None)


BY_NAME = {"libclang": libclang}
