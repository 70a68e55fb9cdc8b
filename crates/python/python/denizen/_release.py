"""Releases and their tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import _denizen
from ._faults import Diagnostic, told


class Table:
    """A table, which anything takes that takes an Arrow stream: polars, pandas, pyarrow, DuckDB."""

    def __init__(self, table: _denizen.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._table.column_names

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        return f"<denizen.Table: {len(self)} rows, {', '.join(self.columns)}>"

    def to_polars(self) -> Any:
        """As a data frame of polars."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> Any:
        """As a data frame of pandas."""
        import pyarrow

        return pyarrow.table(self).to_pandas()


class _Tables(Mapping[str, Table]):
    """The tables of a folder by name, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> Table:
        if name not in set(self):
            raise KeyError(name)
        return _read(self._folder / f"{name}.parquet")

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._folder.glob("*.parquet")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<tables: {', '.join(self)}>"


@told
def _read(path: Path) -> Table:
    return Table(_denizen.read_parquet(path))


class Release:
    """A release: `public/` can be handed on, `restricted/` is its owner's."""

    def __init__(
        self,
        path: Path,
        unchanged: bool = False,
        warnings: tuple[Diagnostic, ...] = (),
        report: dict[str, Any] | None = None,
    ) -> None:
        self.path = path
        """Its folder."""
        self.unchanged = unchanged
        """Whether it was there already, made from the same."""
        self.warnings = warnings
        """What somebody should look at."""
        self.report = report or {}
        """What the run did, in numbers."""

    @staticmethod
    def open(path: str | Path) -> Release:
        """A release that is there."""
        release = Release(Path(path))
        release.manifest  # noqa: B018: a folder without one is none
        return release

    @property
    def manifest(self) -> dict[str, Any]:
        """What the release was made from, with counts of every stage."""
        return json.loads((self.path / "manifest.json").read_text("utf-8"))

    @property
    def tables(self) -> Mapping[str, Table]:
        """The published tables by name."""
        return _Tables(self.path / "public" / "tables")

    @property
    def codelists(self) -> Mapping[str, Table]:
        """The code lists of the tables by name."""
        return _Tables(self.path / "public" / "codelists")

    def records(self, source: str) -> list[Path]:
        """The Parquet files of the records of a source, which are not to be published."""
        folder = self.path / "restricted" / "records" / source
        return sorted(folder.rglob("*.parquet")) if folder.is_dir() else sorted(
            (self.path / "public" / "records" / source).rglob("*.parquet")
        )

    @property
    def rejects(self) -> Table:
        """The rows that were rejected, each with its place and its reason."""
        return _read(self.path / "restricted" / "rejects.parquet")

    def __repr__(self) -> str:
        return f"<denizen.Release {self.path}>"
