"""Ask what a page of docs asks in SQL and Python, and say whether the answers are those that it shows.

    python run_page.py PAGE FOLDER

FOLDER is where the page was followed. Fences `sql` run in one DuckDB, fences `python` in one namespace; a fence `text` behind one is what must come
out: of SQL its rows, whatever the width of the columns, of Python what is printed. Exits with 1 where something else does.
"""

import contextlib
import io
import os
import re
import sys
from pathlib import Path

import duckdb

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def answer(connection, text):
    """The columns and rows of the last statement; a line that begins with `.read` runs a file, as in DuckDB's command line."""
    result = None
    for part in re.split(r"^(\.read .*)$", text, flags=re.MULTILINE):
        statements = Path(part.removeprefix(".read ").strip()).read_text("utf-8") if part.startswith(".read ") else part
        if statements.strip():
            result = connection.sql(statements)
    return [tuple(result.columns), *(tuple(map(str_of, row)) for row in result.fetchall())]


def str_of(value):
    return "NULL" if value is None else str(value)


def cells(box):
    """The rows of a box drawn by DuckDB."""
    return [tuple(cell.strip() for cell in line.strip("│").split("│")) for line in box.splitlines() if line.startswith("│")]


def printed(namespace, text):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "page", "exec"), namespace)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def main(page):
    connection, namespace = duckdb.connect(), {}
    fences = FENCE.findall(page.read_text("utf-8"))
    asked = failed = 0
    for (language, text), (following, shown) in zip(fences, [*fences[1:], ("", "")]):
        if language == "sql":
            found, expected = answer(connection, text), cells(shown)
        elif language == "python":
            found, expected = printed(namespace, text), [line.rstrip() for line in shown.splitlines()]
        else:
            continue
        asked += 1
        if following == "text" and found != expected:
            failed += 1
            print(f"FAIL  {page.name}:\n{text}answers", *found, "and not", *expected, sep="\n")
    print(f"{asked - failed} passed, {failed} failed")
    return 1 if failed or not asked else 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or not Path(sys.argv[1]).is_file() or not Path(sys.argv[2]).is_dir():
        sys.exit("usage: python run_page.py PAGE FOLDER")
    page = Path(sys.argv[1]).resolve()
    os.chdir(sys.argv[2])
    sys.exit(main(page))
