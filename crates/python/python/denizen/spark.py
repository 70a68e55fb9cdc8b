"""Releases whose records a Spark cluster works on.

The engine carries rows of bytes and knows nothing of them: no text, no date and no person is a value of it. It needs `range`,
`mapInArrow`, `repartition` and `collect`, so that Spark Connect will do, and other engines with this interface.

Every machine needs this package in the same version, the folder of the raw files, that of the releases and the key file, each under the
same path.
"""

from __future__ import annotations

import functools
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _denizen
from ._faults import Diagnostic, told
from ._release import Release
from ._run import Sources, _Options, _pairs

if TYPE_CHECKING:
    import pyarrow

__all__ = ["run"]

_TOLD = -1
"""The part of rows that are for the driver."""

_BATCH = 8 << 20
"""Bytes of rows that go to the engine together."""

_PARCEL = "part int, file bigint, start bigint, chunk bigint, bytes binary"
_ROWS_IN_A_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"


@told
def run(
    spark: Any,
    pipeline: str | os.PathLike[str],
    *,
    sources: Sources | None = None,
    key_file: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str],
    parts: int | None = None,
    range: str = "128MB",
    memory: str = "1GB",
    threads: int = 1,
    scratch: str | os.PathLike[str] | None = None,
    vintage: str | None = None,
) -> Release:
    """Makes the release of a pipeline on a cluster: the same bytes as `denizen.run(…, parts=parts)` makes on one machine.

    `spark` is a session. Tasks read `range` bytes of a file each, and divide the persons into `parts` parts (one for 2 GB of input
    unless stated), of which each has a file of records of its own in every year. `memory` is what a task holds of records, and
    `threads` what it may take (`spark.task.cpus`); what does not fit waits in `scratch`, a folder of the executor: that of Spark's
    own temporary files unless stated. `key_file` is a path that is read where a task runs; its contents never leave that machine.

    Raises `DenizenError` with what was found wrong in the data. What goes wrong in the engine is an exception of that.
    """
    key = None if key_file is None else Path(os.path.abspath(key_file))
    options = _Options(
        pipeline=Path(os.path.abspath(pipeline)),
        sources=[(name, os.path.abspath(path)) for name, path in _pairs(sources)],
        key_file=key,
        out=Path(os.path.abspath(out)),
        vintage=vintage,
        memory=memory,
        scratch=None if scratch is None else Path(scratch),
        parts=parts,
        range=range,
    )
    cluster = _denizen.Cluster(options)
    try:
        for source, is_divided in cluster.sources():
            if not is_divided:
                cluster.read_here(source)
                continue
            done = False
            while not done:
                work, tasks = cluster.work(source)
                reduce = functools.partial(_reduce, work, key, memory, scratch, threads)
                done = cluster.take(source, _collect(spark, work, tasks, key, cluster.parts(), reduce))
        path, unchanged, warnings, report = cluster.finish()
    finally:
        cluster.close()
    return Release(path, unchanged, tuple(Diagnostic.of_json(warnings)), json.loads(report))


def _collect(
    spark: Any, work: bytes, tasks: int, key: Path | None, parts: int, reduce: Callable[..., Any]
) -> list[bytes]:
    """What all tasks have told, in any order."""
    with _few_rows_in_a_batch(spark):
        parcels = spark.range(0, tasks, 1, tasks).mapInArrow(functools.partial(_map, work, key), _PARCEL)
        # The engine puts several parts into one task and leaves others empty; that changes no result.
        found = parcels.repartition(parts + 1, "part").mapInArrow(reduce, "bytes binary")
        return [bytes(row[0]) for row in found.collect()]


class _few_rows_in_a_batch:
    """Rows are up to some megabytes each: ten thousand of them in a batch, as is usual, would be gigabytes."""

    def __init__(self, spark: Any) -> None:
        self.spark = spark

    def __enter__(self) -> None:
        self.before = self.spark.conf.get(_ROWS_IN_A_BATCH, None)
        self.spark.conf.set(_ROWS_IN_A_BATCH, "16")

    def __exit__(self, *exception: object) -> None:
        if self.before is None:
            self.spark.conf.unset(_ROWS_IN_A_BATCH)
        else:
            self.spark.conf.set(_ROWS_IN_A_BATCH, self.before)


def _map(
    work: bytes, key: Path | None, batches: Iterator[pyarrow.RecordBatch]
) -> Iterator[pyarrow.RecordBatch]:
    """Each row is the number of a task."""
    for batch in batches:
        for task in batch.column(0).to_pylist():
            yield from _batches(_denizen.MapTask(work, key, task))


def _batches(parcels: Iterator[tuple[int, int, int, int, bytes]]) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    schema = pyarrow.schema(
        [
            ("part", pyarrow.int32()),
            ("file", pyarrow.int64()),
            ("start", pyarrow.int64()),
            ("chunk", pyarrow.int64()),
            ("bytes", pyarrow.binary()),
        ]
    )

    def batch(rows: list[tuple[int, int, int, int, bytes]]) -> pyarrow.RecordBatch:
        arrays = [pyarrow.array(column, field.type) for column, field in zip(zip(*rows), schema)]
        return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)

    rows: list[tuple[int, int, int, int, bytes]] = []
    size = 0
    for parcel in parcels:
        rows.append(parcel)
        size += len(parcel[-1])
        if size >= _BATCH:
            yield batch(rows)
            rows, size = [], 0
    if rows:
        yield batch(rows)


def _scratch(stated: str | os.PathLike[str] | None) -> Path:
    """Where this executor keeps what does not fit into memory."""
    if stated is not None:
        return Path(stated)
    of_spark = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0]
    return Path(of_spark) if os.path.isdir(of_spark) else Path(tempfile.gettempdir())


def _reduce(
    work: bytes,
    key: Path | None,
    memory: str,
    scratch: str | os.PathLike[str] | None,
    threads: int,
    batches: Iterator[pyarrow.RecordBatch],
) -> Iterator[pyarrow.RecordBatch]:
    """Rows of some parts, or what tasks have told."""
    import pyarrow

    def row(told: bytes) -> pyarrow.RecordBatch:
        return pyarrow.RecordBatch.from_arrays([pyarrow.array([told], pyarrow.binary())], names=["bytes"])

    reducer = None
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        for part, file, start, chunk, content in zip(*columns):
            if part == _TOLD:
                yield row(content)
                continue
            if reducer is None:
                reducer = _denizen.Reducer(work, key, memory, _scratch(scratch), threads)
            reducer.add(part, file, start, chunk, content)
    if reducer is not None:
        for told_of_part in reducer:
            yield row(told_of_part)
