"""Ask four readers of Parquet whether a release tells each of them the same.

    python check_release.py RELEASE_FOLDER

Every Parquet file of the release is opened in DuckDB, pandas, polars and pyarrow. Columns, types, nulls and values
must agree. The manifest, the data package and the views are checked against the files that they describe.

Prints one line for each file, then `N passed, M failed`; exits with 1 when anything failed. No value of a restricted
file is ever printed: a difference is named by its column and row.
"""

import contextlib
import hashlib
import json
import sys
from pathlib import Path

import duckdb
import frictionless
import pandas
import polars
import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet


class Fault(Exception):
    """One thing that is wrong with one file, in words for a reader."""


def demand(condition, message):
    if not condition:
        raise Fault(message)


# The types of the releases, and what each reader calls them. A column of integers or booleans that holds nulls
# becomes float64 or object in pandas, and only there.
TYPES = {
    # pyarrow            Parquet                      DuckDB     polars             data package
    pyarrow.string():  (("BYTE_ARRAY", "String"),     "VARCHAR", polars.String(),   "string"),
    pyarrow.int64():   (("INT64", "None"),            "BIGINT",  polars.Int64(),    "integer"),
    pyarrow.float64(): (("DOUBLE", "None"),           "DOUBLE",  polars.Float64(),  "number"),
    pyarrow.date32():  (("INT32", "Date"),            "DATE",    polars.Date(),     "date"),
    pyarrow.bool_():   (("BOOLEAN", "None"),          "BOOLEAN", polars.Boolean(),  "boolean"),
}
PANDAS = {
    # pyarrow            without nulls   with nulls
    pyarrow.string():  ({"str"},         {"str"}),
    pyarrow.int64():   ({"int64"},       {"float64"}),
    pyarrow.float64(): ({"float64"},     {"float64"}),
    pyarrow.date32():  ({"object"},      {"object"}),
    pyarrow.bool_():   ({"bool"},        {"object"}),
}

# A column of the folder names (year=1990) has no type of its own: each reader guesses one for an integer.
PARTITION = {"DuckDB": "BIGINT", "polars": polars.Int64(), "pyarrow": pyarrow.int32()}
PANDAS[PARTITION["pyarrow"]] = ({"int32"}, {"float64"})

# pandas would make the column a category, and refuses a folder of rows without a year, unless it is told this.
HIVE = pyarrow.dataset.partitioning(flavor="hive")


def type_of(field):
    demand(field.type in TYPES, f"column {field.name}: {field.type} is not one of {', '.join(map(str, TYPES))}")
    return TYPES[field.type]


# --- One Parquet file or one folder of them, in four readers ----------------------------------------------------------


def check_physical_types(path):
    """Only plain types: what a reader in R, Java or JavaScript can open too."""
    file = pyarrow.parquet.ParquetFile(path)
    for i, field in enumerate(file.schema_arrow):
        wanted = type_of(field)[0]
        column = file.schema.column(i)
        found = (column.physical_type, column.logical_type.type.title())
        demand(found == wanted, f"column {field.name}: stored as {' '.join(found)}")
        demand(column.max_repetition_level == 0, f"column {field.name}: is a list")


def check_nans(table):
    for field in table.schema:
        if pyarrow.types.is_floating(field.type):
            nans = pyarrow.compute.sum(pyarrow.compute.is_nan(table[field.name])).as_py() or 0
            demand(nans == 0, f"column {field.name}: {nans} NaN; a value that is absent must be null")


def check_names(expected, reader, names):
    demand(list(names) == expected, f"{reader} has the columns {list(names)}, pyarrow {expected}")


def check_values(expected, reader, columns):
    """Values and nulls of `columns` (name → array) against those that pyarrow read."""
    for name, found in columns.items():
        wanted = expected[name].combine_chunks()
        demand(len(found) == len(wanted), f"{reader} has {len(found)} rows, pyarrow {len(wanted)}")
        nulls = (found.null_count, wanted.null_count)
        demand(nulls[0] == nulls[1], f"column {name}: {reader} has {nulls[0]} nulls, pyarrow {nulls[1]}")
        if not found.equals(wanted):
            same = pyarrow.compute.equal(found, wanted).fill_null(True)
            row = pyarrow.compute.index(same, False).as_py()
            raise Fault(f"column {name}: the values in {reader} and pyarrow differ, first in row {row}")


def flat(array, dtype):
    array = array.combine_chunks() if isinstance(array, pyarrow.ChunkedArray) else array
    return array.cast(dtype)


def check_duckdb(expected, relation, partitions):
    check_names(expected.column_names, "DuckDB", relation.columns)
    for name, found in zip(relation.columns, relation.types):
        wanted = PARTITION["DuckDB"] if name in partitions else type_of(expected.schema.field(name))[1]
        demand(str(found) == wanted, f"column {name}: DuckDB has the type {found}, not {wanted}")
    table = relation.to_arrow_table()
    check_values(expected, "DuckDB", {n: flat(table[n], expected.schema.field(n).type) for n in table.column_names})


def check_pandas(expected, frame):
    check_names(expected.column_names, "pandas", frame.columns)
    columns = {}
    for name in frame.columns:
        dtype = expected.schema.field(name).type
        wanted = PANDAS[dtype][expected[name].null_count > 0]
        demand(str(frame[name].dtype) in wanted, f"column {name}: pandas has the type {frame[name].dtype}, not {wanted}")
        columns[name] = flat(pyarrow.array(frame[name], type=dtype, from_pandas=True), dtype)
    check_values(expected, "pandas", columns)


def check_polars(expected, frame, partitions):
    check_names(expected.column_names, "polars", frame.columns)
    for name, found in frame.schema.items():
        wanted = PARTITION["polars"] if name in partitions else type_of(expected.schema.field(name))[2]
        demand(found == wanted, f"column {name}: polars has the type {found}, not {wanted}")
    table = frame.to_arrow()
    check_values(expected, "polars", {n: flat(table[n], expected.schema.field(n).type) for n in table.column_names})


def check_file(path):
    check_physical_types(path)
    expected = pyarrow.parquet.ParquetFile(path).read()
    check_nans(expected)
    source = duckdb.connect().read_parquet(str(path), hive_partitioning=False)
    check_duckdb(expected, source, set())
    check_pandas(expected, pandas.read_parquet(path))
    check_polars(expected, polars.read_parquet(path, hive_partitioning=False), set())
    return expected


def check_hive(folder):
    """A folder with `year=1990` below it, as one table whose last column is the year."""
    files = sorted(folder.rglob("*.parquet"))
    for file in files:
        check_physical_types(file)
    dataset = pyarrow.dataset.dataset([str(f) for f in files], partitioning=HIVE)
    expected = dataset.to_table()
    check_nans(expected)
    partitions = {part.split("=")[0] for part in files[0].relative_to(folder).parts[:-1]}
    for name in partitions:
        found = expected.schema.field(name).type
        demand(found == PARTITION["pyarrow"], f"column {name} of the folders: pyarrow has the type {found}")
    source = duckdb.connect().read_parquet([str(f) for f in files], hive_partitioning=True)
    check_duckdb(expected, source, partitions)
    check_pandas(expected, pandas.read_parquet(folder, partitioning=HIVE))
    check_polars(expected, polars.read_parquet(files, hive_partitioning=True), partitions)
    return expected


def check_vintage(table, release):
    demand("vintage" in table.column_names, "has no column vintage")
    found = table["vintage"].unique().to_pylist()
    demand(table.num_rows == 0 or found == [release.name], f"vintage is {found}, the folder {release.name}")


# --- The files that describe the others -------------------------------------------------------------------------------


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_output(release, output):
    path = release / output["file"]
    demand(path.resolve().is_relative_to(release.resolve()), f"{output['file']} lies outside the release")
    demand(path.is_file(), f"{output['file']} is listed and not there")
    size = path.stat().st_size
    demand(size == output["bytes"], f"{output['file']} has {size} bytes, the manifest says {output['bytes']}")
    demand(sha256(path) == output["sha256"], f"{output['file']} has another sha256 than the manifest says")


def check_manifest(release):
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    demand(manifest["vintage"] == release.name, f"vintage is {manifest['vintage']}, the folder {release.name}")
    outputs = manifest["outputs"]
    own = {"manifest.json"}
    # Where counts are protected, the manifest of everything is in the restricted half.
    restricted = release / "restricted" / "manifest.json"
    if restricted.is_file():
        outputs = json.loads(restricted.read_text("utf-8"))["outputs"]
        own.add("restricted/manifest.json")
        demand([o for o in outputs if o["file"].startswith("public/")] == manifest["outputs"], "the manifests differ")
    listed = [output["file"] for output in outputs]
    demand(len(set(listed)) == len(listed), "a file is listed twice")
    for output in outputs:
        check_output(release, output)
    there = {p.relative_to(release).as_posix() for p in release.rglob("*") if not p.is_dir()}
    unlisted = sorted(there - set(listed) - own)
    demand(not unlisted, f"not listed: {', '.join(unlisted)}")
    return f"{len(listed)} outputs"


def errors_of(report):
    found = [error.message for error in report.errors]
    return found + [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]


def check_schema(resource, path):
    """The declared fields against the file: frictionless reads cells and so never sees the type of a column."""
    declared = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
    found = [(field.name, type_of(field)[3]) for field in pyarrow.parquet.read_schema(path)]
    demand(declared == found, f"{resource['path']}: the fields declared are {declared}, those of the file {found}")


def check_hash(resource, path):
    """frictionless opens Parquet through pyarrow and then compares no hash: hash the file as plain bytes."""
    demand(resource["hash"] == f"sha256:{sha256(path)}", f"{resource['path']} has another hash than declared")
    demand(resource.get("bytes") in (None, path.stat().st_size), f"{resource['path']} has another size than declared")


def check_datapackage(release):
    public = release / "public"
    package = json.loads((public / "datapackage.json").read_text("utf-8"))
    demand(package["version"] == release.name, f"version is {package['version']}, the folder {release.name}")
    declared = {resource["path"] for resource in package["resources"]}
    there = {p.relative_to(public).as_posix() for p in public.rglob("*.parquet")}
    demand(declared == there, f"declared and not there, or there and not declared: {sorted(declared ^ there)}")
    for resource in package["resources"]:
        check_schema(resource, public / resource["path"])
        check_hash(resource, public / resource["path"])
        lists = {field["codelist"] for field in resource["schema"]["fields"] if "codelist" in field}
        missing = sorted(name for name in lists if f"codelists/{name}.parquet" not in there)
        demand(not missing, f"{resource['path']} uses a code list that the release does not hold: {', '.join(missing)}")
    with contextlib.chdir(public):
        errors = errors_of(frictionless.validate("datapackage.json"))
    demand(not errors, f"frictionless finds {len(errors)} errors, the first: {errors[:1]}")
    return f"{len(declared)} resources"


def check_views(release):
    """`views.sql` runs in its folder and from any other; its views are the Parquet files one by one, the wide ones have a row for each
    cell, and the labelled ones a label beside each code."""
    public = release / "public"
    files = {p.stem: p for p in public.glob("tables/*.parquet")}
    files |= {f"codelist-{p.stem}": p for p in public.glob("codelists/*.parquet")}
    files = {name.lower().replace("-", "_"): path for name, path in files.items()}
    connection = duckdb.connect()
    with contextlib.chdir(public):
        connection.execute(Path("views.sql").read_text("utf-8"))
        views = connection.sql("FROM duckdb_views() SELECT view_name WHERE NOT internal").fetchall()
        wide = {f"{p.stem.lower().replace('-', '_')}_wide" for p in public.glob("tables/*.parquet")} - {"reconciliation_wide"}
        found = {v for v, in views}
        labelled = {f"{name.removesuffix('_wide')}_labelled" for name in wide}
        demand(found == set(files) | wide | labelled, f"views {sorted(found)}, files {sorted(files)}")
        for name in wide:
            check_wide(connection, name)
        for name in labelled:
            check_labelled(connection, name)
        for name, path in files.items():
            # A view reads the file by its relative path, so it must be asked while the folder is current.
            check_duckdb(pyarrow.parquet.read_table(path.resolve()), connection.table(f'"{name}"'), set())
    elsewhere = duckdb.connect()
    with contextlib.chdir("/"):
        elsewhere.execute("SET VARIABLE release = ?", [str(public.resolve())])
        elsewhere.execute((public.resolve() / "views.sql").read_text("utf-8"))
        for name in found:
            [(here,)] = elsewhere.sql(f'SELECT count(*) FROM "{name}"').fetchall()
            demand(name.endswith("_wide") or here > 0 or name in files, f"{name} is empty from another folder")
    return f"{len(files)} views"


def check_labelled(connection, name):
    """A labelled view has the rows of its table, and a label in each language for each code of a list."""
    table = name.removesuffix("_labelled")
    columns = connection.table(f'"{name}"').columns
    counts = [connection.sql(f'SELECT count(*) FROM "{view}"').fetchall()[0][0] for view in (name, table)]
    demand(counts[0] == counts[1], f"{name} has {counts[0]} rows, {table} {counts[1]}")
    for column in (c.removesuffix("_es") for c in columns if c.endswith("_es")):
        bare = " OR ".join(f'"{column}_{language}" IS NULL' for language in ("en", "it", "es"))
        [(count,)] = connection.sql(f'SELECT count(*) FROM "{name}" WHERE "{column}" IS NOT NULL AND ({bare})').fetchall()
        demand(count == 0, f"{name} has {count} codes of {column} without a label")


def check_wide(connection, name):
    """A wide view holds every value of its table once, and labels every code of a list."""
    table = name.removesuffix("_wide")
    columns = connection.table(f'"{name}"').columns
    indicators = [i for i, in connection.sql(f'SELECT DISTINCT indicator FROM "{table}"').fetchall()]
    [(values,)] = connection.sql(f'SELECT count(value) FROM "{table}"').fetchall()
    called = [i if i in columns and f"{i}_value" not in columns else f"{i}_value" for i in indicators]
    counts = " + ".join(f'count("{c}")' for c in called) or "0"
    [(found,)] = connection.sql(f'SELECT {counts} FROM "{name}"').fetchall()
    demand(found == values, f"{name} has {found} values, {table} {values}")
    for column in (c.removesuffix("_label") for c in columns if c.endswith("_label")):
        [(bare,)] = connection.sql(f'SELECT count(*) FROM "{name}" WHERE "{column}" IS NOT NULL AND "{column}_label" IS NULL').fetchall()
        demand(bare == 0, f"{name} has {bare} codes of {column} without a label")


# --- The run ----------------------------------------------------------------------------------------------------------


def check_public(release, path):
    table = check_file(path)
    if path.parent.name == "tables":
        check_vintage(table, release)
    return shape(table)


def shape(table):
    return f"{table.num_rows} rows, {table.num_columns} columns"


def checks(release):
    """What to check, in the order of the folders: (the file's name, a function that returns what it saw)."""
    for path in sorted((release / "public").rglob("*.parquet")):
        yield path, lambda path=path: check_public(release, path)
    for folder in sorted((release / "restricted" / "records").iterdir()):
        yield folder, lambda folder=folder: shape(check_hive(folder))
    rejects = release / "restricted" / "rejects.parquet"
    yield rejects, lambda: shape(check_file(rejects))
    yield release / "public" / "views.sql", lambda: check_views(release)
    yield release / "public" / "datapackage.json", lambda: check_datapackage(release)
    yield release / "manifest.json", lambda: check_manifest(release)


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
            detail = "a reader refuses it" if name.startswith("restricted") else error
            print(f"FAIL  {name}: {type(error).__name__}: {detail}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "manifest.json").is_file():
        sys.exit("usage: python check_release.py RELEASE_FOLDER (the folder that holds manifest.json)")
    sys.exit(main(Path(sys.argv[1])))
