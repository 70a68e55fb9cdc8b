"""The tables of docs/scaling.md: what runs of other sizes would take follows from what was measured, by the formula that stands there."""

import re
from pathlib import Path

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs/scaling.md").read_text("utf-8")


def table(name):
    """The rows of a table, behind the mark with its name."""
    _, _, text = DOCUMENT.partition(f"<!-- {name} -->")
    lines = text.strip().partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def seconds(measured, rows, cores, files, driver_cores):
    """The stages of a run on a cluster, in seconds."""
    millions, gigabytes = rows / 1e6, rows * measured["bytes of input, a row"] / 1e9
    tasks, parts = gigabytes / 0.128 + files, min(1024, max(1, gigabytes / 2))
    start = measured["CPU seconds, a task"]
    # Half of what the engine does is done where rows are written, and half where they are read.
    moved = measured["CPU seconds of the engine, a million rows (assumed)"] * millions / 2
    mapped = measured["CPU seconds of the map, a million rows"] * millions
    hashed = measured["CPU seconds of hashing, a GB"] * gigabytes
    reduced = measured["CPU seconds of the reduce, a million rows"] * millions
    return {
        "map": max((mapped + hashed + moved + tasks * start) / cores, hashed / files),
        "shuffle": millions * measured["bytes shuffled, a row"] / cores / measured["MB/s of the network, a core (assumed)"],
        "reduce": max((reduced + moved + parts * start) / cores, reduced / parts, reduced * measured["rows of nobody, a row"]),
        "finish": measured["CPU seconds of the finish, a million rows"] * millions / driver_cores,
        "session": measured["seconds of a session"],
    }


def test_what_other_sizes_would_take():
    measured = {name: float(value) for name, value in table("measured")}
    modelled = table("modelled")
    assert len(modelled) > 2
    for cores, files, *stated in modelled:
        stages = seconds(measured, 10e9, int(re.sub(r"\D", "", cores)), int(files), driver_cores=8)
        found = [*stages.values(), sum(stages.values())]
        assert [f"{value:,.0f}" for value in found] == stated, cores
