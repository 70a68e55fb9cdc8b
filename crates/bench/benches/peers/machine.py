"""What the machine itself can do, as JSON: the bounds that any program meets.

    python machine.py crossings.csv FOLDER

Counting lines is the least that can be done with a file; copying memory, and writing and reading a file, bound the rest.
Rates in bytes a second. A process of its own, so that its memory is nobody else's.
"""

import json
import os
import sys
import time

BLOCK = 1 << 20
SIZE = 1 << 30


def main(csv: str, folder: str) -> None:
    lines, scan = count_lines(csv)
    path = os.path.join(folder, "disk.tmp")
    try:
        write = write_file(path)
        read = read_file(path)
    finally:
        os.remove(path)
    print(json.dumps({"lines": lines, "scan": scan, "copy": copy_memory(), "write": write, "read": read}))


def count_lines(path: str) -> tuple[int, float]:
    lines, start = 0, time.perf_counter()
    with open(path, "rb", buffering=0) as file:
        while block := file.read(BLOCK):
            lines += block.count(b"\n")
    return lines, os.path.getsize(path) / (time.perf_counter() - start)


def copy_memory() -> float:
    """Bytes copied; each is read once and written once."""
    source, target = bytearray(SIZE), bytearray(SIZE)
    start = time.perf_counter()
    memoryview(target)[:] = source
    return SIZE / (time.perf_counter() - start)


def write_file(path: str) -> float:
    block = os.urandom(BLOCK)
    start = time.perf_counter()
    with open(path, "wb", buffering=0) as file:
        for _ in range(SIZE // BLOCK):
            file.write(block)
        os.fsync(file.fileno())
    return SIZE / (time.perf_counter() - start)


def read_file(path: str) -> float:
    """From the disk, as far as the system lets go of what it remembers."""
    with open(path, "rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        start = time.perf_counter()
        while file.read(BLOCK):
            pass
    return SIZE / (time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
