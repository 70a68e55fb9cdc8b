"""Releases beside each other, and in other formats."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import _denizen
from ._faults import told
from ._release import Release, Table

Folder = str | os.PathLike[str] | Release


def _path(folder: Folder) -> Path:
    return folder.path if isinstance(folder, Release) else Path(folder)


@told
def export(
    release: Folder,
    formats: str | Iterable[str],
    out: str | os.PathLike[str],
    *,
    language: str = "en",
) -> list[Path]:
    """Writes the tables of a release that stands in other formats into the folder `out`, and gives the files.

    `formats` are `csv`, `sdmx-csv`, `xlsx` and `json`; `language` (`en`, `it`, `es`) is that of the workbook, for SDMX and JSON hold all
    of them. The files have the bytes that the run would have given them.

    >>> export("releases/midla/2026-11", ["xlsx", "sdmx-csv"], "exported")  # doctest: +SKIP

    Raises `DenizenError` where the folder is no release, a file of it is not the one that its manifest names, a table does not fit
    into a format, or `out` lies in a release.
    """
    names = [formats] if isinstance(formats, str) else list(formats)
    written = _denizen.export(_path(release), names, Path(out), language)
    return [Path(out) / name for name in written]


class Difference:
    """What is different in a release from another one."""

    def __init__(self, old: Path, new: Path, facts: dict[str, Any]) -> None:
        self._old, self._new = old, new
        self.facts = facts
        """All that was found: tables with their cells that are new, gone or revised, inputs, lines of the pipeline, published
        figures. Names are those of `denizen diff --log-format json`."""

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """What was found of each table, by name: `state`, `new`, `gone`, `revised`, `largest`, `by` and others."""
        return {table["name"]: table for table in self.facts["tables"]}

    @told
    def page(self, *, language: str = "en") -> str:
        """A page of it, as HTML, from what both releases have published."""
        return _denizen.diff_page(self._old, self._new, language)

    def __repr__(self) -> str:
        cells = ("new", "gone", "revised")
        counts = ", ".join(f"{sum(table[of] for table in self.facts['tables'])} {of}" for of in cells)
        return f"<denizen.Difference {self.facts['old']} -> {self.facts['new']}: {counts}>"


@told
def diff(old: Folder, new: Folder, *, restricted: bool = False) -> Difference:
    """What is different in the release `new` from `old`: cells, inputs, the pipeline.

    Lines of a pipeline that is not published are told with `restricted` only.

    >>> found = diff("releases/midla/2025", "releases/midla/2026")  # doctest: +SKIP
    >>> found.tables["communities"]["revised"]  # doctest: +SKIP

    Raises `DenizenError` where one of them is no release.
    """
    before, after = _path(old), _path(new)
    return Difference(before, after, json.loads(_denizen.diff(before, after, restricted)))


class Vintages:
    """The editions of a product beside each other."""

    def __init__(self, facts: dict[str, Any], tables: Mapping[str, Table]) -> None:
        self.product: str = facts["product"]
        """The product."""
        self.editions: list[tuple[str, str | None]] = [tuple(edition) for edition in facts["editions"]]
        """The editions with their months, the oldest first."""
        self.revisions: list[tuple[dict[str, Any], dict[str, Any]]] = [tuple(one) for one in facts["revisions"]]
        """How values were revised: what they are with their age in months, and the measures."""
        self.notes: list[str] = facts["notes"]
        """What is not compared, and why."""
        self.tables = tables
        """`revisions`, and `NAME_triangle` for each table: its cells in each edition."""

    def __repr__(self) -> str:
        return f"<denizen.Vintages {self.product}: {', '.join(name for name, _ in self.editions)}>"


@told
def vintages(*folders: Folder) -> Vintages:
    """Sets the editions of a product beside each other: how each value was revised, and by how much by age.

    A folder is a release, or that of a product, whose releases are all taken; the order does not matter.

    >>> vintages("releases/midla").tables["revisions"].to_polars()  # doctest: +SKIP

    Raises `DenizenError` where there are no two editions of one product.
    """
    facts, tables = _denizen.vintages([_path(folder) for folder in folders])
    return Vintages(json.loads(facts), {name: Table(table) for name, table in tables})
