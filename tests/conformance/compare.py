"""Holds tables of another implementation against the kit: `python3 compare.py FOLDER`.

FOLDER has CSV files with the names and columns of `tables/`; the order of rows and columns is free, and so is what else there is.
Exit status 1 where one differs.
"""

import csv
import sys
from pathlib import Path

KIT = Path(__file__).parent / "tables"


def cell(text):
    try:
        return f"{float(text):.4f}"
    except ValueError:
        return text


def rows(path, columns):
    with open(path, newline="", encoding="utf-8") as file:
        return sorted(tuple(cell(row[column]) for column in columns) for row in csv.DictReader(file))


def differences(folder):
    """The rows that only the kit has, and those that only the folder has, table by table."""
    found = []
    for table in sorted(KIT.glob("*.csv")):
        columns = table.read_text(encoding="utf-8").splitlines()[0].split(",")
        other = Path(folder) / table.name
        if not other.is_file():
            found.append((table.name, columns, ["there is no such file"], []))
            continue
        kit, theirs = rows(table, columns), rows(other, columns)
        only_kit = [row for row in kit if row not in theirs]
        only_theirs = [row for row in theirs if row not in kit]
        if kit != theirs:
            found.append((table.name, columns, only_kit, only_theirs))
    return found


if __name__ == "__main__":
    different = differences(sys.argv[1])
    for name, columns, kit, theirs in different:
        print(f"{name}: {', '.join(columns)}")
        for row in kit:
            print("  the kit ", row)
        for row in theirs:
            print("  they    ", row)
    sys.exit(bool(different))
