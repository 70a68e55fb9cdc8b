"""Whether denizen and DuckDB answer the 12/16-month rule alike: exit status 0 if so, 1 with what differs if not.

    python compare.py FOLDER_OF_RECORDS answers.parquet THREADS

Persons are pseudonyms on one side, so that persons cannot be matched by name. The history of a person is the multiset of
their rows (date, direction and all answers); both sides must have the same histories, each as often. Histories are
compared by the sum of 64-bit hashes of their rows.
"""

import sys

import duckdb

ANSWERS = "status_before status_after status_decided_on migration migration_decided_on".split()
SHOWN = 10


def main(records: str, answers: str, threads: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {int(threads)}")
    ours = f"read_parquet('{records}/*/*.parquet', hive_partitioning = false)"
    columns = ", ".join(f"{answer}_nz_12_16 AS {answer}" for answer in ANSWERS)
    connection.execute(
        f"CREATE VIEW ours AS SELECT person, crossed_on, direction, {columns} FROM {ours} "
        "WHERE person IS NOT NULL AND crossed_on <= DATE '2007-12-31'"
    )
    connection.execute(f"CREATE VIEW theirs AS FROM '{answers}'")
    faults = [*classes(connection), *histories(connection)]
    for fault in faults[:SHOWN]:
        print(fault)
    rows, persons = connection.execute("SELECT count(*), count(DISTINCT person) FROM theirs").fetchone()
    print(f"{rows:,} rows of {persons:,} persons: {'DIFFERENT' if faults else 'equal'}")
    sys.exit(1 if faults else 0)


def classes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Numbers of rows of each kind that differ."""
    kinds = "direction, status_before, status_after, migration, status_decided_on IS NULL, migration_decided_on IS NULL"
    count = f"SELECT {kinds}, count(*) AS rows FROM {{}} GROUP BY ALL"
    both = [("ours", "theirs"), ("theirs", "ours")]
    queries = [(one, f"{count.format(one)} EXCEPT {count.format(other)}") for one, other in both]
    return [f"only {side}: {row}" for side, query in queries for row in connection.execute(query).fetchall()]


def histories(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Histories that one side has more often than the other."""
    row = ", ".join(["crossed_on", "direction", *ANSWERS])
    for side in ("ours", "theirs"):
        connection.execute(
            f"CREATE TEMP TABLE histories_{side} AS SELECT history, count(*) AS persons FROM "
            f"(SELECT sum(hash({row})) AS history FROM {side} GROUP BY person) GROUP BY history"
        )
    query = (
        "SELECT coalesce(ours.persons, 0), coalesce(theirs.persons, 0) FROM histories_ours ours "
        "FULL JOIN histories_theirs theirs USING (history) WHERE ours.persons IS DISTINCT FROM theirs.persons"
    )
    return [f"a history of {one} persons here and of {other} there" for one, other in connection.execute(query).fetchall()]


if __name__ == "__main__":
    main(*sys.argv[1:])
