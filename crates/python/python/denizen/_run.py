"""From a pipeline to a release."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from . import _denizen
from ._faults import Diagnostic, told
from ._release import Release

Sources = Mapping[str, str | os.PathLike[str] | Iterable[str | os.PathLike[str]]]


def _pairs(sources: Sources | None) -> list[tuple[str, str]]:
    pairs = []
    for name, paths in (sources or {}).items():
        several = [paths] if isinstance(paths, (str, os.PathLike)) else paths
        pairs += [(name, os.fspath(path)) for path in several]
    return pairs


@told
def run(
    pipeline: str | os.PathLike[str],
    *,
    sources: Sources | None = None,
    key_file: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    vintage: str | None = None,
    previous: str | os.PathLike[str] | Release | None = None,
    memory: str = "2GB",
    threads: int = 0,
    scratch: str | os.PathLike[str] | None = None,
    parts: int = 1,
    force: bool = False,
    on_event: Callable[[dict[str, Any]], object] | None = None,
) -> Release:
    """Makes the release of a pipeline, complete or not at all.

    `sources` names other files for sources, `key_file` what makes pseudonyms of persons, `out` the folder of releases; `threads=0`
    takes all cores. `previous` is the release that this one follows, instead of that of the pipeline: what has changed since stands on
    the page and in the manifest. With several `parts` of the persons, each has files of records of its own, as on a cluster. `on_event` is called with what `denizen run --log-format json` prints.

    Raises `DenizenError` with everything that was found wrong. An interrupt stops the run, which leaves nothing behind.
    """
    hear = None if on_event is None else lambda event: on_event(json.loads(event))
    options = _Options(
        pipeline=Path(pipeline),
        sources=_pairs(sources),
        key_file=None if key_file is None else Path(key_file),
        out=None if out is None else Path(out),
        vintage=vintage,
        previous=_folder(previous),
        memory=memory,
        threads=threads,
        scratch=None if scratch is None else Path(scratch),
        parts=parts,
        force=force,
    )
    path, unchanged, warnings, report = _denizen.run(options, hear)
    return Release(path, unchanged, tuple(Diagnostic.of_json(warnings)), json.loads(report))


def _folder(release: str | os.PathLike[str] | Release | None) -> Path | None:
    if release is None:
        return None
    return release.path if isinstance(release, Release) else Path(release)


class _Options:
    """What a run is told, by name."""

    def __init__(self, **options: object) -> None:
        self.__dict__.update(options)


@told
def check(pipeline: str | os.PathLike[str], *, sources: Sources | None = None) -> list[Diagnostic]:
    """What is wrong with a pipeline file, its inputs, code lists and published figures. It raises nothing; where all is well, the
    list is empty."""
    return Diagnostic.of_json(_denizen.check(Path(pipeline), _pairs(sources)))
