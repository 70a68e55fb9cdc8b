"""Ask pysdmx whether the SDMX files of a release fit together, and whether they say what its tables say.

    python check_sdmx.py RELEASE_FOLDER

The structure message is validated against the schema of SDMX-JSON 2.0. Each data file is read with it: its columns are the
components of its structure, its codes those of their lists, its keys are unique, its values those of the Parquet table.

Prints one line for each file, then `N passed, M failed`; exits with 1 when anything failed.
"""

import functools
import re
import sys
import warnings
from pathlib import Path

import pandas
from pysdmx.io import get_datasets, read_sdmx

# A cross-domain code of CL_AGE and one of ours: that both name the same ages is checked by their numbers.
NUMBERS = re.compile(r"\d+")

# Periods of SDMX 3.0 that a release has: years and parts of them, days, and some years.
PERIOD = re.compile(r"\d{4}(-(\d\d|Q[1-4]|S[12]|W\d\d|\d\d-\d\d))?|\d{4}-01-01/P\d+Y")


# Two faults of pysdmx 1.14, which a reader of the release would meet as well (docs/formats.md): it lets pandas guess types, so that codes
# such as 015 lose their zero, and it makes texts of all columns, which a missing value survives since pandas 3.
warnings.simplefilter("ignore")
pandas.set_option("future.infer_string", False)
pandas.read_csv = functools.partial(pandas.read_csv, dtype=str)


class Fault(Exception):
    """One thing that is wrong with one file."""


def demand(condition, message):
    if not condition:
        raise Fault(message)


def same_column(found, expected, name):
    found, expected = found.reset_index(drop=True), expected.reset_index(drop=True)
    demand(found.isna().equals(expected.isna()), f"{name}: values are missing elsewhere")
    different = (found - expected).abs() > 1e-9 * expected.abs()
    demand(not different.any(), f"{name}: {different.sum()} values differ")


def check_component(component, column):
    stated = column[column != ""]
    if component.required:
        demand(len(stated) == len(column), f"{component.id}: {len(column) - len(stated)} rows say nothing")
    if component.enumeration:
        codes = {code.id for code in component.enumeration}
        unknown = sorted(set(stated) - codes)
        demand(not unknown, f"{component.id}: not in {component.enumeration.id}: {unknown[:3]}")
    elif component.id == "TIME_PERIOD":
        strange = [period for period in set(stated) if not PERIOD.fullmatch(period)]
        demand(not strange, f"TIME_PERIOD: {strange[:3]}")
    elif str(component.dtype) in ("Long", "Double"):
        pandas.to_numeric(stated.replace("NaN", None))


def check_table(release, path, structure):
    [dataset] = get_datasets(path, structure)
    components, data = dataset.structure.components, dataset.data
    # pysdmx drops columns without any value.
    strange = sorted(set(data.columns) - {component.id for component in components})
    demand(not strange, f"columns of no component: {strange}")
    for component in components:
        if component.id in data.columns:
            check_component(component, data[component.id])
        else:
            demand(not component.required, f"{component.id} is not there")
    key = [component.id for component in components.dimensions]
    demand(not data.duplicated(key).any(), "several observations have one key")
    name = path.name.removesuffix(".sdmx.csv")
    expected = pandas.read_parquet(release / "public" / "tables" / f"{name}.parquet")
    demand(len(data) == len(expected), f"{len(data)} rows, the table has {len(expected)}")
    same_column(pandas.to_numeric(data["OBS_VALUE"].replace("NaN", None)), expected["value"], "OBS_VALUE")
    for component, column in [("OBS_STATUS", "obs_status"), ("CONF_STATUS", "conf_status")]:
        demand((data[component].values == expected[column].values).all(), f"{component} differs")
    demand((data["DECIMALS"].astype(float).values == expected["decimals"].values).all(), "DECIMALS differs")
    for column, component in [("age", "AGE"), ("age_group", "AGE")]:
        if column in expected.columns and component in data.columns:
            numbers = [[[int(number) for number in NUMBERS.findall(str(code))] for code in codes] for codes in
                       (data[component], expected.get(f"{column}_code", expected[column]))]
            demand(numbers[0] == numbers[1], "AGE names other ages")
    return f"{len(data)} observations, {len(key)} dimensions"


def check_structure(path):
    structures = read_sdmx(path, validate=True).structures
    kinds = {}
    for structure in structures:
        kinds.setdefault(type(structure).__name__, []).append(structure)
        demand(structure.name, f"{structure.id} has no name")
    flows, definitions = len(kinds["Dataflow"]), len(kinds["DataStructureDefinition"])
    demand(flows == definitions, f"{flows} dataflows, {definitions} data structures")
    return f"{flows} dataflows, {len(kinds['Codelist'])} code lists"


def main(release):
    public = release / "public"
    structure = public / "structure.sdmx.json"
    checks = [(structure, lambda: check_structure(structure))]
    for path in sorted(public.glob("tables/*.sdmx.csv")):
        checks.append((path, lambda path=path: check_table(release, path, structure)))
    passed = failed = 0
    for path, check in checks:
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
    return 1 if failed or passed < 2 else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "manifest.json").is_file():
        sys.exit("usage: python check_sdmx.py RELEASE_FOLDER (the folder that holds manifest.json)")
    sys.exit(main(Path(sys.argv[1])))
