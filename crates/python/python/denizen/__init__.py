"""A country's raw migration records become published statistics.

`run` makes a release from a pipeline file, `check` says what is wrong with one, `explain` prints what a code, a rule or an
indicator is, `inspect` proposes sources for unknown files, and `residence` applies a rule of residence to arrays. Of releases that
stand, `export` writes the tables in other formats, `diff` says what is different in one from another, and `vintages` sets the editions
of a product beside each other.
"""

from ._arrays import residence
from ._command import program as _program
from ._denizen import __version__
from ._denizen import explain as _explain
from ._denizen import offer as _offer
from ._editions import Difference, Vintages, diff, export, vintages
from ._faults import DenizenError, Diagnostic
from ._inspection import Inspection, ProposedSource, inspect
from ._progress import show_progress
from ._release import Release, Table
from ._run import check, run

_offer(_program())

__all__ = [
    "DenizenError",
    "Diagnostic",
    "Difference",
    "Inspection",
    "ProposedSource",
    "Release",
    "Table",
    "Vintages",
    "__version__",
    "check",
    "diff",
    "explain",
    "export",
    "inspect",
    "residence",
    "run",
    "show_progress",
    "vintages",
]


def explain(name: str) -> str:
    """The page of a code (`ingest::no-key`), of `rule:NAME`, `indicator:NAME`, or of the language (`pipeline`).

    >>> print(explain("ingest::no-key").splitlines()[0])
    ingest::no-key

    Raises `KeyError` where there is no such page.
    """
    page = _explain(name)
    if page is None:
        raise KeyError(name)
    return page
