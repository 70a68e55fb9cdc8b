"""The command `denizen`."""

import sys

from . import _denizen

_START = "import sys; from denizen._denizen import command; sys.exit(command(['denizen', *sys.argv[1:]], []))"


def program() -> list[str]:
    """How this interpreter is started anew, to read a workbook apart."""
    return [sys.executable, "-c", _START] if sys.executable else []


def main() -> None:
    """Carries out the command line of this process."""
    sys.exit(_denizen.command(["denizen", *sys.argv[1:]], program()))
