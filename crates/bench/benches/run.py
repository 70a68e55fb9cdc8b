#!/usr/bin/env python3
"""Measures whole runs of denizen beside other programs on the same file, and prints tables in Markdown.

    python -m venv .venv && .venv/bin/pip install -r crates/bench/benches/requirements.txt
    .venv/bin/python crates/bench/benches/run.py --denizen target/release/denizen
    .venv/bin/python crates/bench/benches/run.py --scaling 2.24 12 36 --memory 2GB

The first compares: the pipeline `crossings.toml` against DuckDB, Polars and DataFusion, which only turn the same CSV into
Parquet, against the least that reading the file can take (`wc -l`, and a search for line ends that cargo builds), and against the same rule in SQL; all take turns, each between two runs of denizen, and the answers must be equal. The second
measures denizen alone, on one input after another. `--write docs/performance.md` puts what is printed between the markers
of its kind in that file.

Only ratios say something about programs: times belong to the machine, and to what else it was doing.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PEERS = HERE / "peers"
PROGRAM = "crates/bench/benches/run.py"
MARKERS = {
    "compare": f"<!-- begin: printed by {PROGRAM} -->",
    "scaling": "<!-- begin: scaling -->",
}
END_MARKER = "<!-- end -->"
RULE_IN_SQL = "DuckDB, the rule 12/16 in SQL"
BLOCK = 1 << 20
# Cores that others may keep busy before it is said.
QUIET = 0.1


class Failure(Exception):
    """Something that makes the figures worthless."""


# Measuring


@dataclass(frozen=True)
class Usage:
    """What one process took."""

    wall: float
    cpu: float
    """User and system, of the process and of those that it waited for."""
    memory: int
    """Peak of resident memory in bytes."""
    others: float
    """Cores that other programs kept busy meanwhile, on average; 0 where the system does not tell."""


@dataclass(frozen=True)
class Finished:
    usage: Usage
    stdout: str
    stderr: str


def wall(run: Finished) -> float:
    return run.usage.wall


def measure(arguments: list[str], folder: pathlib.Path | None = None) -> Finished:
    """Runs a program to its end; it must succeed."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        busy, start = busy_seconds(), time.perf_counter()
        process = subprocess.Popen(arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        _, status, resources = os.wait4(process.pid, 0)
        wall, busy = time.perf_counter() - start, busy_seconds() - busy
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [read_back(stdout), read_back(stderr)]
    if process.returncode != 0:
        raise Failure(f"{' '.join(arguments)}\nended with {process.returncode}\n{texts[0]}{texts[1]}")
    # Kilobytes, but bytes on macOS.
    memory = resources.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu = resources.ru_utime + resources.ru_stime
    return Finished(Usage(wall, cpu, memory, max(0.0, busy - cpu) / wall), *texts)


def at_once(commands: list[list[str]], folder: pathlib.Path) -> float:
    """Seconds until all of some programs, which are started together, have succeeded."""
    start, quiet = time.perf_counter(), {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen(command, cwd=folder, **quiet) for command in commands]
    if any([process.wait() for process in processes]):
        raise Failure(f"one of {len(commands)} runs at once failed")
    return time.perf_counter() - start


def busy_seconds() -> float:
    """What all cores together have worked so far, for whomever (Linux)."""
    try:
        line = pathlib.Path("/proc/stat").read_text().splitlines()[0]
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, interrupts, soft, stolen = (int(ticks) for ticks in line.split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def disturbance(runs: list[Usage]) -> list[str]:
    """A warning to stand beside figures that were not measured on a quiet machine."""
    least, most = min(run.others for run in runs), max(run.others for run in runs)
    if most < QUIET:
        return []
    return [
        f"**Not a quiet machine**: during these runs, other programs kept {least:.2f} to {most:.2f} of {os.cpu_count()} cores "
        "busy. Times are too long, and what is said of more than one thread does not hold."
    ]


def read_back(file) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


# Inputs


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--denizen", type=pathlib.Path, default=built(), help="the program (default: %(default)s)")
    parser.add_argument("--scale", type=float, default=2.24, help="size of the input; 1 is 8.9 million rows, 1 GB")
    parser.add_argument("--work", type=pathlib.Path, help="folder for inputs and outputs, kept (default: a temporary one)")
    parser.add_argument("--repeat", type=int, default=3, help="how often each runs; the best counts (default: 3)")
    parser.add_argument("--turns", type=int, default=9, help="how often many threads are compared with one (default: 9)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="threads of all (default: all cores)")
    parser.add_argument("--memory", help="memory that denizen may take, such as 2GB")
    parser.add_argument("--scaling", type=float, nargs="+", metavar="SCALE", help="measure denizen alone on these sizes")
    parser.add_argument("--keep", action="store_true", help="with --scaling: keep inputs and releases")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="put the tables into this file")
    return parser.parse_args()


def built() -> pathlib.Path:
    return target_folder() / "debug" / "denizen"


def target_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def line_scan() -> str:
    """The program that finds the lines of a file with memchr; cargo builds it."""
    note("building the line scan")
    measure(["cargo", "build", "--quiet", "--release", "--package", "denizen-bench", "--bin", "lines"], ROOT)
    return str(target_folder() / "release" / "lines")


def crossings(denizen: str, work: pathlib.Path, scale: float) -> pathlib.Path:
    """The synthetic register of this size, with its sidecar; made unless it is there."""
    csv = work / f"crossings-{scale:g}.csv"
    sidecar = pathlib.Path(f"{csv}.toml")
    # The sidecar is written last, so that a file with one is whole.
    if not (csv.exists() and sidecar.exists()):
        note(f"making {csv.name}")
        measure([denizen, "synth", "peru", "--scale", f"{scale:g}", "--out", str(csv)])
    return csv


def as_utf8(csv: pathlib.Path) -> pathlib.Path:
    """The same file in UTF-8; made unless it is there."""
    copy = csv.with_suffix(".utf8.csv")
    if not copy.exists():
        note(f"making {copy.name}")
        unfinished = copy.with_suffix(".tmp")
        with open(csv, "rb") as source, open(unfinished, "wb") as target:
            while block := source.read(BLOCK):
                target.write(block.decode("cp1252").encode())
        unfinished.rename(copy)
    return copy


def warm(path: pathlib.Path) -> None:
    """Brings a file into memory, as far as it fits, and lets the disk come to rest."""
    os.sync()
    with open(path, "rb", buffering=0) as file:
        while file.read(BLOCK):
            pass


def project(work: pathlib.Path, csv: pathlib.Path) -> pathlib.Path:
    """A project with the pipeline, the code lists, and the input in its place."""
    folder = work / "project"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pipelines").mkdir(parents=True)
    shutil.copy(HERE / "crossings.toml", folder / "pipelines")
    shutil.copytree(ROOT / "data" / "codelists", folder / "data" / "codelists")
    for suffix in ("", ".toml"):
        (folder / "data" / f"crossings.csv{suffix}").symlink_to(pathlib.Path(f"{csv}{suffix}").resolve())
    return folder


# Contestants


@dataclass
class Contestant:
    """One line of the table."""

    name: str
    arguments: list[str]
    reads: pathlib.Path
    """The file to have in memory."""
    leaves: pathlib.Path | None
    """What to delete before each run."""
    folder: pathlib.Path | None = None
    runs: list[Finished] = field(default_factory=list)
    beside: list[tuple[Finished, Finished]] = field(default_factory=list)
    """For each run, denizen's whole runs just before and after."""

    def run(self) -> None:
        if self.leaves is not None:
            remove(self.leaves)
        warm(self.reads)
        self.runs.append(measure(self.arguments, self.folder))
        note(f"{self.name}: {self.runs[-1].usage.wall:.2f} s")

    def best_run(self) -> Finished:
        return min(self.runs, key=wall)

    def best(self) -> Usage:
        return self.best_run().usage

    def worst(self) -> float:
        return max(map(wall, self.runs))

    def ratios(self, ours: Callable[[Finished], float], theirs: Callable[[Finished], float]) -> list[float]:
        """Denizen's figure, on average of the runs before and after, by the figure of this, turn by turn."""
        return [statistics.mean(map(ours, beside)) / theirs(run) for beside, run in zip(self.beside, self.runs)]

    def ratio(self, ours: Callable[[Finished], float], theirs: Callable[[Finished], float]) -> float:
        return statistics.median(self.ratios(ours, theirs))


@dataclass(frozen=True)
class Denizen:
    """The program, and which options it knows: older ones lack some."""

    path: str
    version: str
    help: str
    memory: str | None

    @classmethod
    def found(cls, path: pathlib.Path, memory: str | None) -> Denizen:
        if not path.exists():
            raise Failure(f"there is no {path}: build it, or name one with --denizen")
        program = str(path.resolve())
        version = measure([program, "--version"]).stdout.strip()
        return cls(program, version, measure([program, "run", "--help"]).stdout, memory)

    def run(self, out: pathlib.Path, threads: int) -> list[str]:
        if self.memory and "--memory" not in self.help:
            raise Failure("this denizen has no --memory")
        memory = ["--memory", self.memory] if self.memory else []
        events = ["--log-format", "json"] if self.has_events else []
        run = ["run", "pipelines/crossings.toml", "--out", str(out), "--threads", str(threads)]
        return [self.path, *events, *run, *memory]

    @property
    def has_events(self) -> bool:
        return "--log-format" in self.help


def remove(path: pathlib.Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def peer(script: str, *arguments: object) -> list[str]:
    return [sys.executable, str(PEERS / script), *map(str, arguments)]


def release(out: pathlib.Path) -> pathlib.Path:
    """The only release in a folder of releases."""
    (manifest,) = out.glob("crossings/*/manifest.json")
    return manifest.parent


def contestants(denizen: Denizen, work: pathlib.Path, csv: pathlib.Path, threads: int) -> list[Contestant]:
    """All lines of the table, in the order in which they take turns; the first is denizen's whole run, between them."""
    utf8, folder = as_utf8(csv), project(work, csv)
    many, one = work / "release", work / "release-1"

    def ours(name: str, out: pathlib.Path, threads: int) -> Contestant:
        return Contestant(name, denizen.run(out, threads), csv, out, folder)

    def theirs(name: str, script: str, file: pathlib.Path, *encoding: str) -> Contestant:
        out = work / f"{'-'.join([pathlib.Path(script).stem, *encoding])}.parquet"
        return Contestant(name, peer(script, file, out, threads, *encoding), file, out)

    again = Contestant("denizen, again with nothing changed", denizen.run(many, threads), csv, None, folder)
    rule = theirs(RULE_IN_SQL, "duckdb_12_16.py", csv, "latin-1")
    rule_utf8 = theirs("DuckDB, the rule 12/16 in SQL, from a copy in UTF-8", "duckdb_12_16.py", utf8, "utf-8")
    lines = [
        ours(f"**denizen, whole run**, {counted(threads, 'thread')}", many, threads),
        again,
        theirs("DuckDB, CSV to Parquet only", "duckdb_copy.py", csv, "latin-1"),
        theirs("DuckDB, CSV to Parquet only, from a copy in UTF-8", "duckdb_copy.py", utf8, "utf-8"),
        theirs("Polars, CSV to Parquet only (accented letters are lost)", "polars_sink.py", csv, "utf8-lossy"),
        theirs("Polars, CSV to Parquet only, from a copy in UTF-8", "polars_sink.py", utf8, "utf8"),
        theirs("DataFusion, CSV to Parquet only, from a copy in UTF-8", "datafusion_copy.py", utf8),
        rule,
        rule_utf8,
    ]
    if threads > 1:
        lines.append(ours("denizen, whole run, 1 thread", one, 1))
    return lines


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# Checks


def check_rows(lines: list[Contestant], out: pathlib.Path, rows: int) -> int:
    """Every row of the file must have been accounted for by all; returns how many belong to persons."""
    manifest = json.loads((release(out) / "manifest.json").read_text())
    (source,) = manifest["inputs"]
    if source["read"] != rows or source["accepted"] != rows:
        raise Failure(f"denizen read {source['read']} rows and accepted {source['accepted']} of {rows}")
    (residence,) = [stage for stage in manifest["stages"] if stage["operation"].startswith("residence")]
    linked = rows - residence["counts"]["rows_without_person_date_or_direction"]
    for line in lines:
        if "denizen" in line.name:
            continue
        wanted = linked if "12/16" in line.name else rows
        for run in line.runs:
            if int(run.stdout) != wanted:
                raise Failure(f"{line.name} wrote {run.stdout.strip()} rows of {wanted}")
    return linked


def check_answers(lines: list[Contestant], out: pathlib.Path, threads: int) -> str:
    """Fails unless DuckDB's answers are those of denizen."""
    records = release(out) / "restricted" / "records" / "crossings"
    files = [line.leaves for line in lines if "12/16" in line.name]
    (said,) = {measure(peer("compare.py", records, file, threads)).stdout.strip() for file in files}
    return said


# Tables


def table(header: list[str], rows: list[list[str]]) -> str:
    """Markdown, with all columns but the first to the right."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def comparison(lines: list[Contestant], rows: int) -> str:
    header = ["", "seconds", "slowest", "CPU seconds", "peak memory, GB", "million rows/s", "denizen / this"]
    cells = []
    for line in lines:
        best = line.best()
        seconds = [f"{best.wall:.2f}", f"{line.worst():.2f}", f"{best.cpu:.2f}", f"{best.memory / 1e9:.2f}"]
        ratio = f"{line.ratio(wall, wall):.2f}" if line.beside else ""
        cells.append([line.name, *seconds, f"{rows / best.wall / 1e6:.2f}", ratio])
    return table(header, cells)


@dataclass(frozen=True)
class Gains:
    """How many times as much work more threads do, turn by turn, and as many runs with 1 thread each, at once."""

    threads: list[float]
    runs: list[float]

    def told(self, threads: int) -> str:
        return (
            f"With {counted(threads, 'thread')}, denizen is {middle(self.threads)} times as fast as with 1. As many runs at once, with 1 "
            f"thread each, which share nothing but the machine, get {middle(self.runs)} times as much done as one: what these cores give. "
            f"(Median, least and most of {counted(len(self.threads), 'turn')}, in each of which one followed the other.)"
        )


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def gains(denizen: Denizen, lines: list[Contestant], work: pathlib.Path, threads: int, turns: int) -> Gains:
    """Of little beside what a busy machine changes, so that it takes more turns than the table."""
    ours, one = lines[0], lines[-1]
    outs = [work / f"release-at-once-{number}" for number in range(threads)]
    runs = []
    for turn in range(turns):
        note(f"turn {turn + 1} of {turns}: threads")
        takes_part(ours, one)
        for out in outs:
            remove(out)
        warm(one.reads)
        seconds = at_once([denizen.run(out, 1) for out in outs], one.folder)
        note(f"{threads} runs at once: {seconds:.2f} s")
        runs.append(threads * one.runs[-1].usage.wall / seconds)
    return Gains([1 / ratio for ratio in one.ratios(wall, wall)[-turns:]], runs)


def rule_alone(lines: list[Contestant], threads: int) -> str:
    """The part of both that is not reading and writing."""
    (line,) = [line for line in lines if line.name == RULE_IN_SQL]
    parts = ("scattered", "sorted", "classified")

    def ours(run: Finished) -> float:
        return sum(float(event["thread_seconds"]) for event in work_events(run.stderr) if event["work"] in parts) / threads

    def theirs(run: Finished) -> float:
        return float(json.loads(run.stderr)["rule"])

    least = min(ours(run) for beside in line.beside for run in beside)
    return (
        f"Without reading and writing, the rule takes DuckDB {min(map(theirs, line.runs)):.2f} seconds, and denizen, in the runs "
        f"before and after, {least:.2f} for each thread ({', '.join(parts)}; all columns, years and ages among them): "
        f"{line.ratio(ours, theirs):.2f}."
    )


def work_done(events: list[dict[str, object]]) -> str:
    """Where the time goes, by kind of work."""
    total = sum(float(event["thread_seconds"]) for event in events)
    header = ["work", "million rows", "GB", "thread seconds", "MB/s per core", "million rows/s per core", "share"]
    rows = []
    for event in events:
        count, size, seconds = int(event["rows"]), int(event["bytes"]), float(event["thread_seconds"])
        rate = [per_second(size / 1e6, seconds, 0), per_second(count / 1e6, seconds, 2)]
        amounts = [shown(count / 1e6, 2), shown(size / 1e9, 2), shown(seconds, 2)]
        rows.append([str(event["work"]), *amounts, *rate, shown(100 * seconds / total if total else 0, 0, " %")])
    return table(header, rows)


def shown(value: float, digits: int, unit: str = "") -> str:
    return f"{value:.{digits}f}{unit}" if value else ""


def per_second(amount: float, seconds: float, digits: int) -> str:
    return shown(amount / seconds, digits) if seconds else ""


def work_events(stderr: str) -> list[dict[str, object]]:
    """The lines about work among the events that `--log-format json` writes."""
    events = [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]
    return [event for event in events if event.get("event") == "work"]


def bounds(machine: dict[str, float], size: int, ours: float) -> str:
    scans = {
        "counting the lines of the file, `wc -l`": "wc",
        "finding each line of the file, memchr, 1 thread": "memchr",
    }
    rates = {
        "copying memory, 1 thread": "copy",
        "writing a file to the disk, with fsync": "write",
        "reading it back": "read",
    }
    rows = []
    for name, key in scans.items():
        seconds = size / machine[key]
        rows.append([name, gigabytes(machine[key]), f"{seconds:.2f}", f"{ours / seconds:.1f}"])
    rows += [[name, gigabytes(machine[key]), "", ""] for name, key in rates.items()]
    return table(["the machine", "GB/s", "seconds", "denizen / this"], rows)


def gigabytes(size: float) -> str:
    return f"{size / 1e9:.2f}"


def environment(denizen: Denizen) -> str:
    packages = [("DuckDB", "duckdb"), ("Polars", "polars"), ("DataFusion", "datafusion")]
    peers = ", ".join(f"{name} {metadata.version(package)}" for name, package in packages)
    return f"{denizen.version}, {peers}; {machine_name()}."


def machine_name() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{processor()}, {counted(os.cpu_count() or 1, 'core')}, {memory:.0f} GiB of memory"


def processor() -> str:
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


# The two modes


def compare(options: argparse.Namespace, work: pathlib.Path) -> str:
    denizen = Denizen.found(options.denizen, options.memory)
    csv = crossings(denizen.path, work, options.scale)
    lines = contestants(denizen, work, csv, options.threads)
    machine = json.loads(measure(peer("machine.py", csv, work, line_scan())).stdout)
    rows = machine["lines"] - 1
    for turn in range(options.repeat):
        note(f"turn {turn + 1} of {options.repeat}")
        lines[0].run()
        lines = [lines[0], *(line for line in lines[1:] if takes_part(lines[0], line))]
    gained = [gains(denizen, lines, work, options.threads, options.turns)] if options.threads > 1 else []
    out = work / "release"
    linked = check_rows(lines, out, rows)
    answers = check_answers(lines, out, options.threads)
    size = csv.stat().st_size
    parts = [
        f"{environment(denizen)} Input: {rows:,} rows, {size / 1e9:.2f} GB of CSV in windows-1252, "
        f"`denizen synth peru --scale {options.scale:g}`, in memory before each run. Best of {options.repeat} turns; "
        "denizen ran before and after each of the others, so that it had more. The ratio is the median over the turns.",
        *disturbance([run.usage for line in lines for run in line.runs]),
        comparison(lines, rows),
        *(found.told(options.threads) for found in gained),
        "Denizen also checks, hashes and describes what it reads and writes, and waits until the disk has it; the others "
        "do not.",
        f"Rows of all were counted. Answers of denizen and of the SQL, which judges the {linked:,} crossings of linked persons "
        f"and writes no other columns: {answers}.",
        bounds(machine, size, lines[0].best().wall),
    ]
    if denizen.has_events:
        events = work_events(lines[0].best_run().stderr)
        parts += [rule_alone(lines, options.threads), work_done(events)]
    else:
        note("this denizen has no --log-format: no table of where the time goes")
    return "\n\n".join(parts)


def takes_part(ours: Contestant, line: Contestant) -> bool:
    """Lets a contestant run between two runs of denizen; its second run only counts if it notices that nothing has changed."""
    line.run()
    last = line.runs[-1]
    ours.run()
    line.beside.append((ours.runs[-2], ours.runs[-1]))
    if "nothing changed" in line.name and "unchanged" not in last.stdout + last.stderr:
        note("this denizen does not notice unchanged inputs: left out")
        return False
    return True


@dataclass(frozen=True)
class Step:
    """One size of the table of scaling."""

    scale: float
    rows: int
    size: int
    usage: Usage
    spilled: int | None

    def cells(self, first: Step) -> list[str]:
        wall = self.usage.wall
        ratio = (wall / self.rows) / (first.usage.wall / first.rows)
        scratch = "not told" if self.spilled is None else f"{self.spilled / 1e9:.2f}"
        speed = [f"{wall:.1f}", f"{self.rows / wall / 1e6:.2f}", f"{self.usage.cpu:.1f}"]
        return [f"{self.rows / 1e6:.1f}", f"{self.size / 1e9:.2f}", *speed, f"{self.usage.memory / 1e9:.2f}", scratch, f"{ratio:.2f}"]


def scaling(options: argparse.Namespace, work: pathlib.Path) -> str:
    denizen = Denizen.found(options.denizen, options.memory)
    steps = [scale_step(denizen, work, scale, options) for scale in options.scaling]
    header = ["million rows", "CSV, GB", "seconds", "million rows/s", "CPU seconds", "peak memory, GB", "scratch, GB"]
    said = f"--memory {options.memory}" if options.memory else "as much memory as it takes by itself"
    return "\n\n".join(
        [
            f"{denizen.version}, {counted(options.threads, 'thread')}, {said}; {machine_name()}.",
            *disturbance([step.usage for step in steps]),
            table([*header, "time per row, first = 1"], [step.cells(steps[0]) for step in steps]),
        ]
    )


def scale_step(denizen: Denizen, work: pathlib.Path, scale: float, options: argparse.Namespace) -> Step:
    csv, out = crossings(denizen.path, work, scale), work / "release"
    folder = project(work, csv)
    runs = []
    for _ in range(options.repeat):
        remove(out)
        warm(csv)
        runs.append(measure(denizen.run(out, options.threads), folder))
        note(f"scale {scale:g}: {runs[-1].usage.wall:.1f} s")
    best = min(runs, key=wall)
    (source,) = json.loads((release(out) / "manifest.json").read_text())["inputs"]
    spilled = [int(event["bytes"]) for event in work_events(best.stderr) if event["work"] == "spilled"]
    step = Step(scale, source["read"], csv.stat().st_size, best.usage, sum(spilled) if denizen.has_events else None)
    if not options.keep:
        for path in (out, csv, pathlib.Path(f"{csv}.toml")):
            remove(path)
    return step


# Output


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def put_into(file: pathlib.Path, begin: str, text: str) -> None:
    """Replaces what stands between a marker and the next end."""
    before, marker, rest = file.read_text().partition(f"{begin}\n")
    _, end, after = rest.partition(END_MARKER)
    if not marker or not end:
        raise Failure(f"{file} lacks the line {begin if not marker else END_MARKER}")
    file.write_text(f"{before}{begin}\n\n{text}\n\n{END_MARKER}{after}")


def main() -> int:
    options = parse_arguments()
    mode = scaling if options.scaling else compare
    try:
        with tempfile.TemporaryDirectory(prefix="denizen-bench-") as temporary:
            work = (options.work or pathlib.Path(temporary)).resolve()
            work.mkdir(parents=True, exist_ok=True)
            text = mode(options, work)
        print(text)
        if options.write:
            put_into(options.write, MARKERS[mode.__name__], text)
    except Failure as failure:
        note(f"error: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
