"""The package as its users have it: what comes in, what comes out, and that nothing is printed."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

import denizen

ROOT = Path(__file__).resolve().parents[3]
MIDLA = ROOT / "pipelines" / "midla.toml"
PERU = ROOT / "pipelines" / "peru-1990-2007.toml"


@pytest.fixture(scope="module")
def midla(tmp_path_factory):
    return denizen.run(MIDLA, out=tmp_path_factory.mktemp("releases"))


def test_a_run_gives_a_release(midla, capfd):
    table = midla.tables["communities"]
    assert len(table) > 0
    assert "value" in table.columns
    assert midla.path.name == midla.manifest["vintage"]
    assert {table["name"] for table in midla.report["tables"]} <= set(midla.tables)
    assert capfd.readouterr() == ("", "")


def test_tables_go_to_others(midla):
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    table = midla.tables["communities"]
    frame = table.to_polars()
    assert frame.equals(polars.read_parquet(midla.path / "public/tables/communities.parquet"))
    assert pyarrow.table(table).num_rows == frame.height == len(table)
    pytest.importorskip("pandas")
    assert list(table.to_pandas().columns) == frame.columns


def test_a_table_that_is_not_there(midla):
    with pytest.raises(KeyError):
        midla.tables["nothing"]


def test_the_command_makes_the_same_bytes(midla, tmp_path):
    words = [sys.executable, "-c", "from denizen._command import main; main()", "run", str(MIDLA), "--out", str(tmp_path)]
    subprocess.run(words, check=True, capture_output=True)
    others = tmp_path / midla.path.parent.name / midla.path.name
    files = [file.relative_to(others) for file in others.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert (others / file).read_bytes() == (midla.path / file).read_bytes(), file


def test_a_release_that_stands_is_opened(midla):
    release = denizen.Release.open(midla.path)
    assert list(release.tables) == list(midla.tables)
    with pytest.raises(FileNotFoundError):
        denizen.Release.open(midla.path / "nowhere")


def test_rejects_and_records(tmp_path):
    release = denizen.run(PERU, out=tmp_path)
    assert {"source", "file", "line"} <= set(release.rejects.columns)
    assert release.records("crossings")
    assert all(file.suffix == ".parquet" for file in release.records("crossings"))


def test_faults_are_exceptions(tmp_path):
    pipeline = tmp_path / "p.toml"
    pipeline.write_text('spec = 1\ntitle = "t"\nvintage = "1"\n[source.s]\nfiles = "none.csv"\nformat = "csv"\nsex = 1\n')
    with pytest.raises(denizen.DenizenError) as raised:
        denizen.run(pipeline)
    fault = raised.value.diagnostics[0]
    assert (fault.severity, fault.line is not None) == ("error", True)
    assert f"error[{fault.code}]" in str(raised.value)
    assert [found.code for found in denizen.check(pipeline)] == [found.code for found in raised.value.diagnostics]
    assert denizen.check(MIDLA) == []


@pytest.mark.parametrize("options", [{"memory": "12"}, {"key_file": "nowhere"}, {"sources": {"nothing": "a.csv"}}])
def test_wrong_options(options, tmp_path):
    with pytest.raises(denizen.DenizenError):
        denizen.run(PERU, out=tmp_path, **options)


def test_pages():
    assert denizen.explain("rule:nz_12_16").startswith("rule:nz_12_16")
    with pytest.raises(KeyError):
        denizen.explain("rule:nothing")


def test_events(tmp_path):
    events = []
    denizen.run(PERU, out=tmp_path, on_event=events.append)
    kinds = {event["event"] for event in events}
    assert {"stage", "work", "diagnostic"} <= kinds


def test_what_is_raised_while_it_listens_stops_the_run(tmp_path):
    def refuse(_event):
        raise LookupError("enough")

    with pytest.raises(LookupError):
        denizen.run(PERU, out=tmp_path, on_event=refuse)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_other_threads_go_on(tmp_path):
    beats = []
    done = threading.Event()

    def beat():
        while not done.is_set():
            beats.append(time.monotonic())
            time.sleep(0.01)

    thread = threading.Thread(target=beat)
    thread.start()
    denizen.run(PERU, out=tmp_path)
    done.set()
    thread.join()
    assert len(beats) > 3


SLOW = """
import sys, denizen
def hear(event):
    print("begun", flush=True)
try:
    denizen.run(sys.argv[1], sources={"crossings": sys.argv[2]}, out=sys.argv[3], on_event=hear)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_stops_a_run(tmp_path):
    crossings = tmp_path / "crossings.csv"
    command = [sys.executable, "-c", "from denizen._command import main; main()"]
    subprocess.run([*command, "synth", "peru", "--scale", "0.05", "--out", str(crossings)], check=True, capture_output=True)
    out = tmp_path / "releases"
    words = [sys.executable, "-c", SLOW, str(PERU), str(crossings), str(out)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate()
    assert printed.endswith("interrupted\n")
    assert [file for file in out.rglob("*") if file.is_file()] == []


DAYS = [date(1995, 4, 2), date(2006, 7, 20), date(2006, 8, 1)]


def test_residence_of_one_person():
    pyarrow = pytest.importorskip("pyarrow")
    numpy = pytest.importorskip("numpy")
    for person, day, is_arrival in [
        (pyarrow.array(["a", "a", "a"]), pyarrow.array(DAYS), pyarrow.array([False, True, False])),
        (numpy.array([7, 7, 7]), numpy.array(DAYS, dtype="datetime64[D]"), numpy.array([False, True, False])),
    ]:
        found = denizen.residence("pe_1990_2007", person, day, is_arrival, until=date(2007, 5, 31))
        assert pyarrow.table(found)["migration"].to_pylist() == [False, False, True]


@pytest.mark.parametrize(
    ("rule", "person", "day", "message"),
    [
        ("nz_12_61", [1, 1], DAYS[:2], "no rule"),
        ("nz_12_16", [1, None], DAYS[:2], "missing"),
        ("nz_12_16", [1, 2, 1], DAYS, "stand together"),
        ("nz_12_16", [1, 1], DAYS[1::-1], "sort the rows"),
        ("nz_12_16", [1], DAYS[:2], "as many"),
        ("eu_first_permit", [1, 1], DAYS[:2], "no rule for crossings"),
    ],
)
def test_what_is_no_history(rule, person, day, message):
    pyarrow = pytest.importorskip("pyarrow")
    arrays = pyarrow.array(person), pyarrow.array(day), pyarrow.array([True] * len(day))
    with pytest.raises(denizen.DenizenError) as raised:
        denizen.residence(rule, *arrays, until=date(2007, 5, 31))
    assert message in str(raised.value)


def test_unknown_files(tmp_path):
    file = tmp_path / "permits.csv"
    file.write_text("Year;Sex;Permits\n2023;F;12\n2023;M;8\n2024;F;9\n")
    found = denizen.inspect(file, project=tmp_path, name="permits")
    assert found.refused == []
    assert found.sources[0].reads
    assert 'delimiter = ";"' in found.sources[0].text


def test_workbooks_are_read_apart(tmp_path):
    data = os.environ.get("DENIZEN_TEST_DATA")
    files = sorted(Path(data).rglob("*.ods")) if data else []
    if not files:
        pytest.skip("needs real files")
    assert denizen.inspect(files[0], project=tmp_path).refused == []


CELLS = """
spec = 1
title = "Permits"
vintage = "2024"
[source.s]
files = "cells.csv"
format = "csv"
kind = "cells"
concept = "permit_holders"
[source.s.columns]
year = { type = "integer" }
sex = { codes = { M = "M", F = "F" }, total = "T" }
value = { type = "integer" }
[[table]]
name = "permits"
measure = "stock"
unit = "persons"
dimensions = ["year", "sex"]
indicators = ["share"]
"""


@pytest.fixture
def editions(tmp_path):
    """Two editions of one product, the second of which follows the first."""
    pipeline, rows = tmp_path / "p.toml", tmp_path / "cells.csv"
    pipeline.write_text(CELLS)
    rows.write_text("year,sex,value\n2022,T,100\n2022,M,40\n2022,F,60\n")
    old = denizen.run(pipeline, out=tmp_path / "releases")
    rows.write_text("year,sex,value\n2022,T,110\n2022,M,50\n2022,F,60\n2023,T,120\n")
    return old, denizen.run(pipeline, out=tmp_path / "releases", vintage="2025", previous=old)


def test_a_release_follows_another(editions):
    old, new = editions
    assert "previous" not in old.manifest or old.manifest["previous"] is None
    assert new.manifest["previous"]["vintage"] == "2024"
    assert new.manifest["previous"]["changes"]["revised"] > 0
    with pytest.raises(denizen.DenizenError) as raised:
        denizen.run(old.path.parents[2] / "p.toml", out=old.path.parents[1], vintage="2026", previous=old.path.parent)
    assert raised.value.diagnostics[0].code == "against::predecessor"


def test_what_is_different(editions, capfd):
    old, new = editions
    found = denizen.diff(old, new.path)
    counts = found.tables["permits"]
    assert (counts["state"], counts["gone"]) == ("compared", 0)
    assert counts["largest"][0]["cell"].startswith("concept=permit_holders indicator=stock sex=")
    assert (counts["largest"][0]["old"], counts["largest"][0]["new"]) in [(40.0, 50.0), (100.0, 110.0)]
    assert found.page(language="it").startswith("<!DOCTYPE html>")
    assert "new" in repr(found)
    assert denizen.diff(new, new).tables["permits"]["revised"] == 0
    with pytest.raises(denizen.DenizenError):
        denizen.diff(old, old.path / "nowhere")
    with pytest.raises(denizen.DenizenError):
        found.page(language="fr")
    assert capfd.readouterr() == ("", "")


def test_editions_beside_each_other(editions):
    old, new = editions
    for folders in [(new, old), (old.path.parent,)]:
        found = denizen.vintages(*folders)
        assert (found.product, [name for name, _ in found.editions]) == ("p", ["2024", "2025"])
        assert found.revisions[0][1]["pairs"] > 0
        assert set(found.tables) == {"permits_triangle", "revisions"}
        assert "vintage" in found.tables["permits_triangle"].columns
        assert len(found.tables["revisions"]) == len(found.revisions)
    with pytest.raises(denizen.DenizenError):
        denizen.vintages(old)


def test_tables_in_other_formats(editions, tmp_path):
    old, _ = editions
    written = denizen.export(old, ["csv", "xlsx", "json"], tmp_path / "out", language="it")
    assert {file.name for file in written} >= {"permits.csv", "permits.json", "p-2024-it.xlsx"}
    assert all(file.stat().st_size for file in written)
    assert [file.name for file in denizen.export(old.path, "sdmx-csv", tmp_path / "sdmx")] == [
        "permits.sdmx.csv",
        "structure.sdmx.json",
    ]
    for formats, out, options in [
        ("xls", tmp_path, {}),
        ("parquet", tmp_path, {}),
        ("json", old.path / "public", {}),
        ("json", tmp_path, {"language": "fr"}),
    ]:
        with pytest.raises(denizen.DenizenError):
            denizen.export(old, formats, out, **options)


def test_a_release_that_was_changed_is_not_exported(editions, tmp_path):
    old, _ = editions
    with open(old.path / "public/tables/permits.parquet", "ab") as file:
        file.write(b"more")
    with pytest.raises(denizen.DenizenError) as raised:
        denizen.export(old, "json", tmp_path / "out")
    assert raised.value.diagnostics[0].code == "against::changed-release"
    assert "public/tables/permits.parquet" in str(raised.value)
    assert not (tmp_path / "out").exists()
