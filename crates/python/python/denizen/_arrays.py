"""Rules of residence on arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import _denizen
from ._faults import told
from ._release import Table

_EPOCH = date(1970, 1, 1)


def _as_arrow(array: Any) -> Any:
    """An array that has the Arrow interface; arrays of numpy are wrapped, and copied only where their type is another one."""
    if hasattr(array, "__arrow_c_array__"):
        return array
    import pyarrow

    if hasattr(array, "__arrow_c_stream__"):
        return pyarrow.chunked_array(array).combine_chunks()
    return pyarrow.array(array)


@told
def residence(
    rule: str,
    person: Any,
    day: Any,
    is_arrival: Any,
    *,
    until: date,
    observed_from: date | None = None,
) -> Table:
    """Applies a rule of residence to crossings that are sorted by person and day.

    `person` are numbers or texts, `day` dates (or days since 1970-01-01), `is_arrival` true or false; arrays of numpy, Arrow or polars.
    `until` is the last day that the data cover. The table has a row for each crossing: `migration` (true, false, or null where it is
    not known), `return_migration`, `status_before` and `status_after` (1 resident, 0 not), and the days on which both were decided.

    `denizen.explain("rule:NAME")` has the parameters and the source of each rule.
    """
    last = (until - _EPOCH).days
    first = None if observed_from is None else (observed_from - _EPOCH).days
    arrays = [_as_arrow(array) for array in (person, day, is_arrival)]
    return Table(_denizen.residence(rule, *arrays, last, first))
