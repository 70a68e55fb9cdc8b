"""What happens on a cluster when a machine dies or has another build: on a standalone cluster that is started here (see `conftest.py`)."""

import json
import os
from pathlib import Path

import pytest
from test_spark import PERU, contents, left_in, project  # noqa: F401

import denizen
import denizen.spark

pytestmark = pytest.mark.skipif(
    os.environ.get("DENIZEN_SPARK_MASTER") != "standalone",
    reason="only with DENIZEN_SPARK_MASTER=standalone, which needs pyspark and Java",
)


def dying_reduce(mark, half_written):
    """A reduce that once, and only once, kills its executor: with SIGKILL, and itself as well, as when a machine is lost.

    That is when its first part is written but not yet told, or, `half_written`, while there is a folder that is being written.
    It is a function within a function, so that it travels to the executors as a whole.
    """

    def reduce(work, key, memory, scratch, threads, batches):
        import os
        import signal
        import threading
        import time
        from pathlib import Path

        from denizen.spark import _reduce

        attempts = Path(json.loads(json.loads(work)["work"])["attempts"])

        def parent(process):
            return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])

        def die():
            # A worker is a child of the daemon, and that of the executor.
            executor = parent(os.getppid())
            assert b"CoarseGrainedExecutorBackend" in Path(f"/proc/{executor}/cmdline").read_bytes()
            try:
                file = os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            except FileExistsError:
                return
            os.write(file, json.dumps([executor, sorted(os.listdir(attempts))]).encode())
            os.close(file)
            os.kill(executor, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

        def die_when_something_is_written():
            while not any(attempts.glob("*/*/*")):
                time.sleep(0.0005)
            die()

        rows_have_come = False

        def watched():
            nonlocal rows_have_come
            for batch in batches:
                rows_have_come = rows_have_come or any(part >= 0 for part in batch.column(0).to_pylist())
                yield batch
            if rows_have_come and half_written:
                threading.Thread(target=die_when_something_is_written, daemon=True).start()

        told = 0
        for row in _reduce(work, key, memory, scratch, threads, watched()):
            part_is_told = b'"Part"' in row.column(0)[0].as_py()[:16]
            told += part_is_told
            if part_is_told and told == 1 and not half_written:
                die()
            yield row

    return reduce


@pytest.mark.parametrize("half_written", [False, True])
def test_an_executor_that_is_killed_in_the_reduce(spark, tmp_path, monkeypatch, half_written):
    one = denizen.run(PERU, out=tmp_path / "one", parts=3)
    mark = tmp_path / "killed"
    monkeypatch.setattr(denizen.spark, "_reduce", dying_reduce(str(mark), half_written))
    several = denizen.spark.run(spark, PERU, out=tmp_path / "several", parts=3, memory="256MB")
    executor, attempts = json.loads(mark.read_text())
    assert not Path(f"/proc/{executor}").exists()
    assert attempts != []
    assert contents(several) == contents(one)
    assert several.report == one.report
    assert left_in(tmp_path) == []
    assert list(several.path.rglob("*attempts*")) == []


def test_workers_of_another_build_refuse(spark, tmp_path, monkeypatch):
    cluster = denizen.spark._denizen.Cluster
    monkeypatch.setattr(denizen.spark._denizen, "Cluster", lambda options: Driver(cluster(options)))
    with pytest.raises(denizen.DenizenError) as error:
        denizen.spark.run(spark, PERU, out=tmp_path / "several", parts=3)
    assert [fault.code for fault in error.value.diagnostics] == ["run::other-worker"]
    assert left_in(tmp_path) == []


class Driver:
    """A driver that says it is another build than the workers are."""

    def __init__(self, cluster):
        self.cluster = cluster

    def __getattr__(self, name):
        return getattr(self.cluster, name)

    def work(self, source):
        work, tasks = self.cluster.work(source)
        return json.dumps({**json.loads(work), "program": "0"}).encode(), tasks


def test_the_key_is_in_no_file_of_the_cluster(spark, project, tmp_path):  # noqa: F811
    """Nor is anything of a person where the engine keeps what it has shuffled: that is encrypted."""
    key = project.parent.parent / "key"
    denizen.spark.run(spark, project, key_file=key, out=tmp_path / "out", parts=2, range="1kB")
    folder = Path(spark.conf.get("spark.local.dir")).parent
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(folder / "events" in path.parents for path in files)
    assert any(path.name.startswith("shuffle_") for path in files)
    assert [path for path in files if b"5a" * 32 in path.read_bytes()] == []
    assert {spark.conf.get(name) for name in ("spark.io.encryption.enabled", "spark.authenticate")} == {"true"}
