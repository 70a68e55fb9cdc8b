"""A cluster makes the bytes of one machine: on the engine that `conftest.py` says."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

import denizen
import denizen.spark

ROOT = Path(__file__).resolve().parents[3]
PERU = ROOT / "pipelines/peru-1990-2007.toml"
ITALY = ROOT / "pipelines/italy-permit-records.toml"
SMALL = ROOT / "tests/cases/peru-small"


def contents(release):
    files = [path for path in release.path.rglob("*") if path.is_file()]
    return {str(path.relative_to(release.path)): path.read_bytes() for path in files}


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.name.startswith(".staging"))


def test_the_sample_of_peru(spark, tmp_path):
    one = denizen.run(PERU, out=tmp_path / "one", parts=3)
    several = denizen.spark.run(spark, PERU, out=tmp_path / "several", parts=3, memory="256MB")
    assert contents(several) == contents(one)
    assert several.manifest["parts"] == 3
    assert several.report == one.report
    assert left_in(tmp_path) == []
    # A file that is packed is one task, and is small.
    assert [warning.code for warning in several.warnings if "not-divided" in warning.code] == []


def test_the_sample_of_italy(spark, tmp_path):
    """Three sources that read one file."""
    one = denizen.run(ITALY, out=tmp_path / "one", parts=2)
    several = denizen.spark.run(spark, ITALY, out=tmp_path / "several", parts=2, memory="256MB")
    assert contents(several) == contents(one)
    assert left_in(tmp_path) == []


@pytest.fixture
def project(tmp_path):
    """Plain rows, some of which are rejected; rows with an end of line within quotes; packed rows. A key in a file."""
    folder = tmp_path / "project"
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("expected*", "*.csv.toml"))
    source = folder / "data/raw/crossings.csv"
    header, *rows = source.read_bytes().splitlines(keepends=True)
    source.unlink()
    raw = folder / "data/raw"
    third = len(rows) // 3
    (raw / "a.csv").write_bytes(header + b"".join(rows[:third]) + b"X;not a day;S;PER;F;10/06/1970;ITA;X;TACNA\n")
    quoted = [row.replace(b"TACNA", b'"TAC\nNA"') for row in rows[third : 2 * third]]
    (raw / "b.csv").write_bytes(header + b"".join(quoted) + b'Y;01/02/2003;S;PER;F;10/06/1970;ITA;Y;"a\nb"\n')
    (raw / "c.csv.gz").write_bytes(gzip.compress(header + b"".join(rows[2 * third :]), mtime=0))
    pipeline = folder / "pipelines/crossings.toml"
    text = pipeline.read_text("utf-8").replace("data/raw/crossings.csv", "data/raw/*.csv*")
    pipeline.write_text(text, "utf-8")
    (folder / "key").write_text("5a" * 32)
    return pipeline


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_rejects_quotes_and_gzip(spark, project, tmp_path, parts):
    key = project.parent.parent / "key"
    one = denizen.run(project, key_file=key, out=tmp_path / "one", parts=parts)
    several = denizen.spark.run(
        spark, project, key_file=key, out=tmp_path / "several", parts=parts, range="0.1kB", memory="256MB"
    )
    assert contents(several) == contents(one)
    assert len(one.rejects) > 1
    undivided = [warning for warning in several.warnings if warning.code == "run::not-divided"]
    assert sorted(Path(warning.file).name for warning in undivided) == ["b.csv", "c.csv.gz"]
    assert any("quotes" in note for warning in undivided for note in warning.notes)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(("times", "kept"), [(1, 40), (20_000, -6)])
def test_a_bad_file_is_one_error(spark, project, tmp_path, times, kept):
    """The first is seen before there are tasks, the second by the task that comes to its end."""
    bad = project.parent.parent / "data/raw/c.csv.gz"
    header, *rows = gzip.decompress(bad.read_bytes()).splitlines(keepends=True)
    bad.write_bytes(gzip.compress(header + b"".join(rows) * times, mtime=0)[:kept])
    key = project.parent.parent / "key"
    with pytest.raises(denizen.DenizenError) as of_one:
        denizen.run(project, key_file=key, out=tmp_path / "one")
    with pytest.raises(denizen.DenizenError) as of_several:
        denizen.spark.run(spark, project, key_file=key, out=tmp_path / "several", parts=2, range="1kB")
    codes = [[fault.code for fault in error.value.diagnostics] for error in (of_one, of_several)]
    assert codes[0] == codes[1]
    assert "c.csv.gz" in str(of_several.value)
    assert left_in(tmp_path) == []
    assert not list((tmp_path / "several").rglob("manifest.json"))


def test_rows_that_are_not_accepted_are_one_error(spark, project, tmp_path):
    text = project.read_text("utf-8").replace("max_rejected = 0.5", "max_rejected = 0")
    project.write_text(text, "utf-8")
    key = project.parent.parent / "key"
    with pytest.raises(denizen.DenizenError) as of_one:
        denizen.run(project, key_file=key, out=tmp_path / "one", parts=2)
    with pytest.raises(denizen.DenizenError) as of_several:
        denizen.spark.run(spark, project, key_file=key, out=tmp_path / "several", parts=2, range="0.1kB")
    told = [
        repr(error.value.diagnostics).replace(str(tmp_path / out), "")
        for error, out in ((of_one, "one"), (of_several, "several"))
    ]
    assert told[0] == told[1]
    # Both keep the places of the rejects for their owner, and say where.
    kept = [list((tmp_path / out).rglob("*.rejects.parquet")) for out in ("one", "several")]
    assert [path.read_bytes() for path in kept[0]] == [path.read_bytes() for path in kept[1]] != []
    assert left_in(tmp_path) == []


def test_a_worker_of_another_run_refuses(project, tmp_path):
    """What executors do with the work of a driver, by themselves."""
    from denizen import _denizen
    from denizen._run import _Options

    key = project.parent.parent / "key"
    options = _Options(
        pipeline=project, sources=[], key_file=key, out=tmp_path / "out", vintage=None, memory="256MB", scratch=None,
        parts=2, range="1kB",
    )
    cluster = _denizen.Cluster(options)
    work, tasks = cluster.work("crossings")
    assert ("5a" * 32).encode() not in work
    other = json.loads(work)
    other["program"] = "0"
    key_of_others = tmp_path / "other"
    key_of_others.write_text("5b" * 32)
    told = {
        "another build": list(_denizen.MapTask(json.dumps(other).encode(), key, 0)),
        "another form": list(_denizen.MapTask(b"{}", key, 0)),
        "another key": list(_denizen.MapTask(work, key_of_others, 0)),
        "no key": list(_denizen.MapTask(work, tmp_path / "none", 0)),
    }
    for what, parcels in told.items():
        assert [part for part, *_ in parcels] == [-1], what
        with pytest.raises(_denizen.DenizenError) as error:
            cluster.take("crossings", [parcels[0][-1]])
        code = json.loads(error.value.args[1])[0]["code"]
        assert code == ("ingest::unreadable" if what == "no key" else "run::other-worker"), what
    # An engine that loses or doubles something makes no release.
    for lost_or_doubled in ([], [list(_denizen.MapTask(work, key, tasks - 1))[-1][-1]] * 2):
        with pytest.raises(_denizen.DenizenError) as error:
            cluster.take("crossings", lost_or_doubled)
        assert json.loads(error.value.args[1])[0]["code"] == "clean::not-conserved"
    cluster.close()
    assert left_in(tmp_path) == []
