"""How far a run has come, for a terminal and for a notebook."""

from __future__ import annotations

import sys
from typing import Any


def show_progress(event: dict[str, Any]) -> None:
    """Shows events on one line of standard error: `denizen.run(…, on_event=denizen.show_progress)`.

    >>> show_progress({"event": "work", "work": "parsed"})
    """
    match event.get("event"):
        case "progress":
            share = f" {100 * event['done'] // event['total']} %" if event.get("total") else ""
            line = f"{event['stage']}{share}, {event['rows']:,} rows"
            end = ""
        case "stage":
            line = f"{event['stage']}: {event['rows']:,} rows in {event['seconds']:.1f} s"
            end = "\n"
        case "diagnostic":
            line = f"{event['severity']}[{event['code']}]: {event['message']}"
            end = "\n"
        case _:
            return
    # Back to the beginning of the line, which notebooks know too; what stood there may be longer.
    sys.stderr.write(f"\r{line:<78}{end}")
    sys.stderr.flush()
