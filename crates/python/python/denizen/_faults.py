"""What is wrong, and where."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from . import _denizen

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Diagnostic:
    """A fault or a warning. `denizen.explain(code)` says more of it."""

    code: str
    severity: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    label: str | None = None
    notes: tuple[str, ...] = ()
    help: str | None = None

    @staticmethod
    def of_json(text: str) -> list[Diagnostic]:
        """Diagnostics as the program gives them."""
        return [Diagnostic.of_event(event) for event in json.loads(text)]

    @staticmethod
    def of_event(event: dict[str, Any]) -> Diagnostic:
        """The diagnostic of an event."""
        facts = {name: value for name, value in event.items() if name != "event"}
        return Diagnostic(**{**facts, "notes": tuple(facts.get("notes", ()))})


class DenizenError(Exception):
    """Why something could not be done: all that was found wrong.

    `str()` shows it as the command line does.
    """

    def __init__(self, text: str, diagnostics: list[Diagnostic]) -> None:
        super().__init__(text)
        self.diagnostics = diagnostics


def told(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Raises faults of the program as `DenizenError`."""

    @functools.wraps(function)
    def call(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        try:
            return function(*arguments, **named)
        except _denizen.DenizenError as error:
            text, diagnostics = error.args
            raise DenizenError(text, Diagnostic.of_json(diagnostics)) from None

    return call
