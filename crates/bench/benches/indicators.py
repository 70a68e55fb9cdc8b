#!/usr/bin/env python3
"""Measures twenty indicators of a table of cells, denizen beside DuckDB and Polars, and prints a table in Markdown.

    python -m venv .venv && .venv/bin/pip install -r crates/bench/benches/requirements.txt
    .venv/bin/python crates/bench/benches/indicators.py --denizen target/release/denizen

Two sizes show whether time and memory grow with the cells or faster. All three read the same CSV of cells (year, country, sex, age; totals among them) and write one tidy Parquet file. Their answers must be
equal: as many rows of each indicator, and the same sum. denizen does more: it checks that cells add up to their totals, carries flags
and says of every row what it is. Lines are those of the pipeline, of the SQL and of the Python, without comments.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import shutil
import statistics
import sys
import tempfile

from run import PEERS, Failure, measure

HERE = pathlib.Path(__file__).resolve().parent
YEARS, AGES = 27, 100
INDICATORS = "SELECT indicator, count(value), round(sum(value), 3) FROM '{}' WHERE {} GROUP BY indicator ORDER BY indicator"


def write_cells(path: pathlib.Path, cells: int) -> int:
    """Cells that add up over all dimensions, totals included; about as many as asked for."""
    # Of fewer there are no five largest, of which a share is asked for.
    countries = max(6, round(cells / (YEARS * 3 * (AGES + 1))) - 1)
    draw = random.Random(20071231)
    rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("year,country,sex,age,value\n")
        for year in range(2000, 2000 + YEARS):
            totals: dict[tuple[str, str], int] = {}
            for number in range(countries):
                size = 10_000 / (number + 1) * draw.uniform(0.8, 1.2)
                rows += write_country(file, f"C{number:04}", year, size, draw, totals)
            for (sex, age), value in totals.items():
                file.write(f"{year},T,{sex},{age},{value}\n")
                rows += 1
    return rows


def write_country(file, country, year, size, draw, totals) -> int:
    counts: dict[tuple[str, str], int] = {}
    for age in range(AGES):
        for sex in "FM":
            count = int(size * draw.random() * (1 if age < 60 else 0.3) / 10)
            for place in [(sex, str(age)), (sex, "T"), ("T", str(age)), ("T", "T")]:
                counts[place] = counts.get(place, 0) + count
    for (sex, age), value in counts.items():
        file.write(f"{year},{country},{sex},{age},{value}\n")
        totals[sex, age] = totals.get((sex, age), 0) + value
    return len(counts)


def project(folder: pathlib.Path, csv: pathlib.Path) -> pathlib.Path:
    """A project of denizen around the cells."""
    (folder / "data").mkdir(parents=True)
    (folder / "pipelines").mkdir()
    shutil.copy(HERE / "indicators.toml", folder / "pipelines")
    (folder / "data" / "cells.csv").symlink_to(csv)
    with csv.open(encoding="utf-8") as file:
        countries = sorted({line.split(",")[1] for line in file} - {"country", "T"})
    codes = "".join(f"{code},{code}\n" for code in countries)
    (folder / "pipelines" / "countries.csv").write_text(f"value,code\n{codes}", "utf-8")
    sidecar = 'title = "Invented cells"\nproducer = "none"\norigin = "indicators.py"\nlicence = "CC0"\nretrieved = 2026-01-01\nsynthetic = true\n'
    (folder / "data" / "cells.csv.toml").write_text(sidecar, "utf-8")
    return folder / "pipelines" / "indicators.toml"


def lines_of(path: pathlib.Path) -> int:
    """Lines that say something: no comments, no blank ones, no docstring."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        text = text.split('"""', 2)[2]
    lines = (line.strip() for line in text.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


SCRIPTS = {"DuckDB": PEERS / "duckdb_indicators.py", "Polars": PEERS / "polars_indicators.py"}
LINES = {"denizen": lines_of(HERE / "indicators.toml"), **{name: lines_of(script) for name, script in SCRIPTS.items()}}


def answers(path: pathlib.Path, condition: str) -> list[tuple]:
    import duckdb

    return duckdb.sql(INDICATORS.format(path, condition)).fetchall()


def check(ours: list[tuple], theirs: list[tuple], name: str) -> None:
    for (one, count, total), (other, other_count, other_total) in zip(ours, theirs, strict=True):
        near = abs(total - other_total) <= 1e-6 * max(1.0, abs(total))
        if (one, count) != (other, other_count) or not near:
            raise Failure(f"{name} differs: {(one, count, total)} and {(other, other_count, other_total)}")


def commands_of(options: argparse.Namespace, work: pathlib.Path, csv: pathlib.Path) -> dict[str, list[str]]:
    """How each program is called."""
    threads = str(options.threads)
    pipeline = project(work / "project", csv)
    denizen = [str(options.denizen.resolve()), "run", str(pipeline), "--out", str(work / "out"), "--force", "--threads", threads]
    peers = {name: [sys.executable, str(script), str(csv), str(work / f"{name}.parquet"), threads] for name, script in SCRIPTS.items()}
    return {"denizen": denizen, **peers}


def compared(options: argparse.Namespace, asked: int, work: pathlib.Path) -> list[str]:
    """What each program takes for about so many cells, as rows of the table; their answers are equal."""
    csv = work / "cells.csv"
    cells = write_cells(csv, asked)
    commands = commands_of(options, work, csv)
    runs = {name: [measure(command, work / "project") for _ in range(options.repeat)] for name, command in commands.items()}
    ours = answers(work / "out/indicators/benchmark-synthetic/public/tables/indicators.parquet", "indicator <> 'stock'")
    for name in SCRIPTS:
        check(ours, answers(work / f"{name}.parquet", "true"), name)
    rows = []
    for name, found in runs.items():
        wall = statistics.median(run.usage.wall for run in found)
        cpu = statistics.median(run.usage.cpu for run in found)
        peak = max(run.usage.memory for run in found) / 1e6
        rows.append(f"| {cells:,} | {name} | {wall:.2f} | {cpu:.2f} | {1e6 * cpu / cells:.1f} | {peak:.0f} | {LINES[name]} |")
    values = sum(count for _, count, _ in ours)
    print(f"{cells:,} cells: {values:,} values of {len(ours)} indicators, equal in all three", file=sys.stderr)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--denizen", type=pathlib.Path, required=True)
    parser.add_argument("--cells", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    rows: list[str] = []
    for cells in options.cells:
        with tempfile.TemporaryDirectory(prefix="denizen-bench-") as temporary:
            rows += compared(options, cells, pathlib.Path(temporary).resolve())
    print("| cells | program | seconds | CPU seconds | CPU µs a cell | peak memory, MB | lines |")
    print("| --: | --- | --: | --: | --: | --: | --: |", *rows, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
