"""The conformance kit (`tests/conformance/`), by the package."""

import csv
import sys
from pathlib import Path

import pytest

import denizen

KIT = Path(__file__).resolve().parents[3] / "tests/conformance"
RULES = {
    "nz_12_16": ["status_before", "status_after", "status_decided_on", "migration_decided_on"],
    "continuous_12": ["status_before", "status_after", "status_decided_on", "migration_decided_on"],
    "midpoint": ["status_before", "status_after", "status_decided_on", "migration_decided_on"],
    "last_exit": [],
}


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def write(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([text(value) for value in row] for row in rows)


def columns_of(kit):
    return kit.read_text(encoding="utf-8").splitlines()[0].split(",")


def write_tables(release, theirs, prefix=""):
    for name in release.tables:
        kit = KIT / "tables" / f"{prefix}5_{name}.csv"
        columns = columns_of(kit)
        write(theirs / kit.name, columns, release.tables[name].to_polars().select(columns).rows())


def write_permits(polars, release, theirs):
    def records(source):
        return polars.concat([polars.read_parquet(path) for path in release.records(source)])

    for stage, source, end in [
        ("events", "permits", "_eu_first_permit"),
        ("stock", "holders", ""),
        ("retention", "cohorts", ""),
    ]:
        kit = KIT / "tables" / f"permits_4_{stage}.csv"
        columns = columns_of(kit)
        names = [column if column == "row" else f"{column}{end}" for column in columns]
        write(theirs / kit.name, columns, records(source).select(names).rows())
    write_tables(release, theirs, "permits_")


def test_the_package_conforms(tmp_path, monkeypatch):
    polars = pytest.importorskip("polars")
    monkeypatch.syspath_prepend(str(KIT))
    import compare

    release = denizen.run(KIT / "pipelines/kit.toml", out=tmp_path / "releases")
    theirs = tmp_path / "tables"
    theirs.mkdir()
    records = polars.concat([polars.read_parquet(path) for path in release.records("crossings")]).sort("row")
    for rule, more in RULES.items():
        names = ["basis", "migration", *more]
        found = records.select("row", *[f"{name}_{rule}" for name in names])
        write(theirs / f"4_{rule}.csv", ["row", *names], found.rows())
    write_tables(release, theirs)
    permits = denizen.run(KIT / "pipelines/permits.toml", out=tmp_path / "releases")
    write_permits(polars, permits, theirs)
    compared = {path.name for path in theirs.iterdir()}
    different = [found for found in compare.differences(theirs) if found[0] in compared]
    assert different == []
    # A kit that agrees with everything would say nothing.
    path = theirs / "5_outflow.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2018", "2017"), encoding="utf-8")
    assert any(name == path.name for name, *_ in compare.differences(theirs))
    sys.modules.pop("compare")
