"""What the machine itself can do, as JSON: the bounds that any program meets.

    python machine.py crossings.csv FOLDER LINES

Counting lines is the least that can be done with a file, and finding where each ends (LINES is the program that does, of
`src/bin/lines.rs`) the least that a reader of CSV does; copying memory, and writing and reading a file, bound the rest.
Rates in bytes a second. A process of its own, so that its memory is nobody else's.
"""

import json
import os
import subprocess
import sys
import time

BLOCK = 1 << 20
SIZE = 1 << 30
# Runs of each scan, of which the best counts.
RUNS = 3


def main(csv: str, folder: str, lines: str) -> None:
    (count, wc), (found, memchr) = scan(["wc", "-l", csv]), scan([lines, csv])
    if count != found:
        sys.exit(f"wc counts {count} lines, memchr {found}")
    size = os.path.getsize(csv)
    path = os.path.join(folder, "disk.tmp")
    try:
        write = write_file(path)
        read = read_file(path)
    finally:
        os.remove(path)
    rates = {"wc": size / wc, "memchr": size / memchr, "copy": copy_memory(), "write": write, "read": read}
    print(json.dumps({"lines": count, **rates}))


def scan(command: list[str]) -> tuple[int, float]:
    """The number that a program prints first, and the seconds that it takes."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        said = subprocess.run(command, check=True, capture_output=True).stdout
        seconds.append(time.perf_counter() - start)
    return int(said.split()[0]), min(seconds)


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
