"""What unknown files are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import _denizen
from ._faults import Diagnostic, told


@dataclass(frozen=True)
class ProposedSource:
    """A source as a section of a pipeline file, with evidence and doubts as comments."""

    name: str
    text: str
    table: str
    has_personal_columns: bool
    reads: bool
    accepted: int


@dataclass(frozen=True)
class Inspection:
    """What was found out of some files: sources, and files of which nothing can be proposed."""

    sources: list[ProposedSource]
    refused: list[Diagnostic]


@told
def inspect(
    files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    project: str | os.PathLike[str] = ".",
    name: str = "source",
) -> Inspection:
    """Looks at files, and proposes what a pipeline says of them. Its code lists are those of `project`."""
    several = [files] if isinstance(files, (str, os.PathLike)) else files
    found, refused = _denizen.inspect([Path(file) for file in several], Path(project), name)
    return Inspection([ProposedSource(**source) for source in json.loads(found)], Diagnostic.of_json(refused))
