"""The little that the harness must know about a .wasm file: section sizes and compiler features.

Not a validator: it trusts its input, which the harness has just built.
"""
from pathlib import Path

CUSTOM, CODE = 0, 10


def read_leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def sections(data):
    """Yields (id, start, end) of each section's contents."""
    if data[:4] != b"\0asm":
        raise ValueError("not a WebAssembly module")
    at = 8
    while at < len(data):
        kind = data[at]
        size, start = read_leb(data, at + 1)
        at = start + size
        yield kind, start, at


def code_bytes(path):
    data = Path(path).read_bytes()
    return sum(end - start for kind, start, end in sections(data) if kind == CODE)


def target_features(path):
    """Names the compiler listed as used (`+`) in the custom section target_features."""
    data = Path(path).read_bytes()
    for kind, start, _ in sections(data):
        if kind != CUSTOM:
            continue
        length, at = read_leb(data, start)
        if data[at:at + length] != b"target_features":
            continue
        count, at = read_leb(data, at + length)
        names = set()
        for _ in range(count):
            sign = data[at:at + 1]
            length, at = read_leb(data, at + 1)
            if sign == b"+":
                names.add(data[at:at + length].decode())
            at += length
        return names
    return set()
