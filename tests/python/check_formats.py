"""Ask the readers of other formats whether the tables of a release say the same there as in Parquet.

    python check_formats.py RELEASE_FOLDER

CSV is read by pandas, as the README of a release says; the workbook by openpyxl, and by LibreOffice where DENIZEN_LIBREOFFICE names it;
JSON-stat by its definition. What is not there is not read.

Prints one line for each file, then `N passed, M failed`; exits with 1 when anything failed.
"""

import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
import pandas


class Fault(Exception):
    """One thing that is wrong with one file."""


def demand(condition, message):
    if not condition:
        raise Fault(message)


def check_csv(path):
    expected = pandas.read_parquet(path.with_suffix(".parquet"))
    texts = {name: str for name in expected.columns if expected[name].dtype == "str"}
    found = pandas.read_csv(path, keep_default_na=False, na_values=[""], dtype=texts)
    demand(list(found.columns) == list(expected.columns), "other columns")
    for name in expected.columns:
        one, other = found[name], expected[name]
        if other.dtype == "object":  # days
            other = other.map(lambda day: None if day is None else str(day))
        demand(one.isna().equals(other.isna()), f"{name}: values are missing elsewhere")
        demand((one.dropna().values == other.dropna().values).all(), f"{name}: values differ")
    return f"{len(found)} rows"


# --- The workbook -----------------------------------------------------------------------------------------------------

# Where a sheet has the columns of a table, under these heads in English; one that is the same in all rows stands above.
HEADS = {"Value": "value", "Status (code)": "obs_status", "Indicator (code)": "indicator", "Concept (code)": "concept"}


def table_of(release, name):
    return pandas.read_parquet(release / "public" / "tables" / f"{name}.parquet")


def check_rows(rows, expected, name):
    """The rows below the header of a sheet against the table."""
    head = next(i for i, row in enumerate(rows) if "Value" in row and "Indicator" in row)
    places = {column: rows[head].index(title) for title, column in HEADS.items() if title in rows[head]}
    missing = {column for column in HEADS.values() if expected[column].nunique() > 1} - set(places)
    demand("value" in places and not missing, f"{name}: the header has not {missing}")
    found = rows[head + 1 :]
    demand(len(found) == len(expected), f"{name}: {len(found)} rows, the table has {len(expected)}")
    return found, places, head


def check_sheet(sheet, expected):
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    found, places, head = check_rows(rows, expected, sheet.title)
    for row, line in zip(found, expected.itertuples(index=False)):
        for column, place in places.items():
            wanted = getattr(line, column)
            wanted = None if isinstance(wanted, float) and math.isnan(wanted) else wanted
            demand(row[place] == wanted, f"{sheet.title}: {column} differs")
    demand(sheet.freeze_panes == f"A{head + 2}", f"{sheet.title}: frozen at {sheet.freeze_panes}")
    demand(sheet.print_title_rows == f"${head + 1}:${head + 1}", f"{sheet.title}: repeats {sheet.print_title_rows}")
    demand(sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0, "is not fit to print")
    formulas = sum(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    demand(formulas == 0, f"{sheet.title}: {formulas} formulas")
    return len(found)


def check_workbook(release, path):
    book = openpyxl.load_workbook(path)
    names = sorted(table.stem for table in (release / "public" / "tables").glob("*.parquet"))
    demand(len(book.sheetnames) == len(names) + 1, f"sheets {book.sheetnames}, tables {names}")
    cells = 0
    for name in names:
        if name != "reconciliation" and len(name) <= 31:
            cells += check_sheet(book[name], table_of(release, name))
    return f"{len(book.sheetnames)} sheets, {cells} values in openpyxl"


def check_libreoffice(release, path, program):
    """LibreOffice makes a CSV of each sheet, with values as they are and not as they are shown."""
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    names = [table.stem for table in (release / "public" / "tables").glob("*.parquet")]
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", options, "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        for name in (name for name in names if name != "reconciliation" and len(name) <= 31):
            with open(Path(folder) / f"{path.stem}-{name}.csv", encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
            expected = table_of(release, name)
            found, places, _ = check_rows(rows, expected, name)
            values = [float(row[places["value"]]) if row[places["value"]] else math.nan for row in found]
            pairs = zip(values, expected["value"])
            same = all(a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9) for a, b in pairs)
            demand(same, f"{name}: values differ")
    return f"{len(names)} tables in LibreOffice"


# --- JSON-stat --------------------------------------------------------------------------------------------------------


def at(cells, place):
    """What stands at a place: cells are a list, named by their places, or all the same."""
    if isinstance(cells, list):
        return cells[place]
    return cells.get(str(place)) if isinstance(cells, dict) else cells


def check_json(release, path):
    cube = json.loads(path.read_text("utf-8"))
    demand((cube["version"], cube["class"]) == ("2.0", "dataset"), "is no dataset of JSON-stat 2.0")
    codes = [cube["dimension"][name]["category"]["index"] for name in cube["id"]]
    demand([len(index) for index in codes] == cube["size"], "size and categories differ")
    for name, index in zip(cube["id"], codes):
        labels = cube["dimension"][name]["category"]["label"]
        demand(list(labels) == index, f"{name}: not every code has a label")
        for language in ("it", "es"):
            others = cube["extension"]["translations"][language]["dimension"][name]["category"]["label"]
            demand(list(others) == index, f"{name}: not every code has a label in {language}")
    expected = table_of(release, path.stem)
    columns = []
    for name in cube["id"]:
        column = expected.get(f"{name}_code", expected[name])
        columns.append(["_Z" if code is None or code != code else str(code) for code in column])
    places = [{code: i for i, code in enumerate(index)} for index in codes]
    filled = 0
    for row in range(len(expected)):
        place = 0
        for column, index in zip(columns, places):
            place = place * len(index) + index[column[row]]
        value, wanted = at(cube["value"], place), expected["value"][row]
        demand(value == wanted or (value is None and math.isnan(wanted)), f"the value of row {row} differs")
        demand(at(cube["status"], place) == expected["obs_status"][row], f"the status of row {row} differs")
        for name, cells in cube["extension"]["cells"].items():
            wanted = expected[name][row]
            wanted = None if wanted is None or wanted != wanted else wanted
            found = at(cells, place)
            demand(found == wanted or found == str(wanted), f"{name} of row {row} differs")
        filled += value is not None
    values = cube["value"].values() if isinstance(cube["value"], dict) else cube["value"]
    demand(sum(value is not None for value in values) == filled, "values of no row")
    return f"{len(expected)} cells of {math.prod(cube['size'])}"


# --- The run ----------------------------------------------------------------------------------------------------------


def checks(release):
    """What to check: (the file, a function that returns what it saw)."""
    public = release / "public"
    for path in sorted([*public.glob("tables/*.csv"), *public.glob("codelists/*.csv")]):
        if not path.name.endswith(".sdmx.csv"):
            yield path, lambda path=path: check_csv(path)
    for path in public.glob("*.xlsx"):
        yield path, lambda path=path: check_workbook(release, path)
        if program := os.environ.get("DENIZEN_LIBREOFFICE"):
            yield path, lambda path=path: check_libreoffice(release, path, program)
    for path in sorted(public.glob("tables/*.json")):
        yield path, lambda path=path: check_json(release, path)


def main(release):
    passed = failed = 0
    for path, check in checks(release):
        name = path.relative_to(release).as_posix()
        try:
            print(f"ok    {name}: {check()}")
            passed += 1
        except Fault as fault:
            print(f"FAIL  {name}: {fault}")
            failed += 1
        except Exception as error:  # a reader that refuses the file is a finding, not an accident
            print(f"FAIL  {name}: {type(error).__name__}: {error}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "manifest.json").is_file():
        sys.exit("usage: python check_formats.py RELEASE_FOLDER (the folder that holds manifest.json)")
    sys.exit(main(Path(sys.argv[1])))
