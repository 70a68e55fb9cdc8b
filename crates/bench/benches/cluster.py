#!/usr/bin/env python3
"""Measures a run on one machine, the tasks of a cluster with no engine around them, and a standalone cluster of Spark on the same machine.

    denizen synth peru --scale 0.59 --seed 1991 --out c-1.csv      # four of them, each with another seed: 20 million crossings
    python crates/bench/benches/cluster.py --parts 16 c-*.csv

It needs the Python package with `pyarrow`, `pyspark` and Java (see docs/spark.md). Each run is a process of its own, and its CPU seconds are those of
all processes that come of it, also of those that outlive their parents. Tasks run one after another: what they take does not depend on
the number of cores.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.append(str(ROOT / "crates/python/tests"))
PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--range", default="128MB")
    parser.add_argument("--only", choices=["machine", "tasks", "spark"])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        {"machine": on_one_machine, "tasks": as_tasks, "spark": on_spark}[options.only](options)
        return
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    for what in [options.only] if options.only else ["machine", "tasks", "spark"]:
        measured(what, options)


def measured(what: str, options: argparse.Namespace) -> None:
    """One of the runs, as a process whose children are all waited for."""
    before, start = cpu_of_children(), time.monotonic()
    arguments = ["--parts", str(options.parts), "--range", options.range, "--only", what, "--inside", *map(str, options.files)]
    subprocess.run([sys.executable, __file__, *arguments], check=True)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    say(what, seconds=time.monotonic() - start, cpu=cpu_of_children() - before)


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def say(what: str, **facts: float) -> None:
    print(what, json.dumps({name: round(value, 3) for name, value in facts.items()}), flush=True)


def sources(options: argparse.Namespace) -> list[tuple[str, str]]:
    return [("crossings", str(path.resolve())) for path in sorted(options.files)]


def project(folder: Path) -> Path:
    """The pipeline of `run.py`, with its code lists."""
    (folder / "pipelines").mkdir()
    shutil.copytree(ROOT / "data/codelists", folder / "data/codelists")
    return Path(shutil.copy(HERE / "crossings.toml", folder / "pipelines"))


def on_one_machine(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(dir=options.files[0].parent) as name:
        folder = Path(name)
        command = ["denizen", "run", str(project(folder)), "--quiet", "--out", str(folder / "out")]
        command += ["--parts", str(options.parts), "--threads", "2"]
        command += [argument for name, path in sources(options) for argument in ("--source", f"{name}={path}")]
        subprocess.run(command, check=True)
        say_release(folder)


def say_release(folder: Path) -> None:
    """The hash of the manifest, which has those of all files: it is the same however the release was made."""
    [manifest] = folder.glob("out/*/*/manifest.json")
    print("  release", hashlib.sha256(manifest.read_bytes()).hexdigest()[:16], flush=True)


def as_tasks(options: argparse.Namespace) -> None:
    """What the tasks take, one after another, in this process; rows go to a file instead of to an engine."""
    from denizen import _denizen
    from denizen._run import _Options

    with tempfile.TemporaryDirectory(dir=options.files[0].parent) as name:
        folder = Path(name)
        cluster = _denizen.Cluster(
            _Options(
                pipeline=project(folder), sources=sources(options), key_file=None, out=folder / "out", vintage=None, memory="1GB",
                scratch=None, parts=options.parts, range=options.range,
            )
        )
        work, tasks = cluster.work("crossings")
        told, places = [], {}
        shuffled = open(folder / "shuffled", "w+b")

        def done(task: int) -> None:
            for part, *place, content in _denizen.MapTask(work, None, task):
                if part < 0:
                    told.append(content)
                else:
                    places.setdefault(part, []).append((place, shuffled.tell(), len(content)))
                    shuffled.write(content)

        # The last tasks hash a file each.
        spans, start = tasks - len(options.files), cpu()
        for task in range(spans):
            done(task)
        say("  map", tasks=spans, cpu=cpu() - start, bytes_of_rows=shuffled.tell(), bytes_told=sum(map(len, told)))
        start = cpu()
        for task in range(spans, tasks):
            done(task)
        say("  hash", tasks=len(options.files), cpu=cpu() - start)
        start, before = cpu(), sum(map(len, told))
        for part in list(places):
            reducer = _denizen.Reducer(work, None, "1GB", folder, 1)
            for place, offset, length in places.pop(part):
                shuffled.seek(offset)
                reducer.add(part, *place, shuffled.read(length))
            told.extend(reducer)
        say("  reduce", cpu=cpu() - start, bytes_told=sum(map(len, told)) - before)
        start = cpu()
        assert cluster.take("crossings", told)
        cluster.finish()
        say("  finish", cpu=cpu() - start)
        say_release(folder)


def on_spark(options: argparse.Namespace) -> None:
    import denizen.spark
    import standalone
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(dir=options.files[0].parent))
    try:
        with standalone.cluster(folder) as settings:
            builder = SparkSession.builder
            for name, value in settings.items():
                builder = builder.config(name, value)
            spark = builder.getOrCreate()
            start = time.monotonic()
            paths = [path for _, path in sources(options)]
            denizen.spark.run(
                spark, project(folder), sources={"crossings": paths}, out=folder / "out", parts=options.parts, range=options.range
            )
            say("  run", seconds=time.monotonic() - start)
            spark.stop()
        say_release(folder)
        for stage, facts in sorted(of_stages(folder / "events").items()):
            say(f"  stage {stage}", **facts)
    finally:
        shutil.rmtree(folder)


def of_stages(events: Path) -> dict[int, dict[str, float]]:
    """What the engine says of its tasks; the time of a task is that of its Python too."""
    stages: dict[int, dict[str, float]] = {}
    for path in events.rglob("*"):
        if not path.is_file():
            continue
        for line in path.read_text(errors="replace").splitlines():
            event = json.loads(line) if '"SparkListenerTaskEnd"' in line else {}
            metrics = event.get("Task Metrics")
            if not metrics:
                continue
            facts = stages.setdefault(event["Stage ID"], {"tasks": 0, "seconds": 0, "shuffled_bytes": 0})
            facts["tasks"] += 1
            facts["seconds"] += metrics["Executor Run Time"] / 1000
            facts["shuffled_bytes"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    return stages


if __name__ == "__main__":
    main()
