"""The 12/16-month rule in DuckDB's SQL: from a CSV of crossings to a Parquet file of answers.

    python duckdb_12_16.py crossings.csv answers.parquet THREADS [ENCODING]

Prints the number of answers and, to standard error, the seconds of reading, of the rule and of writing, as JSON. The last
step joins and writes at once; it counts as writing.

The same answers as `denizen run` gives with `crossings.toml`, for every crossing of a linked person: status before and
after, migration, and the days on which status and migration were settled. `compare.py` proves it.

A crossing that changes sides is a migration as soon as 365 days have been spent on the new side, and none as soon as
123 have been spent back on the old one (of a window of 487 days, 122 may be). One of the two always comes first, whatever
else happens later, so that each crossing can be decided by itself. The status of a person then is where the last
migration led, and it is settled when all crossings up to this one are.

How it was made fast:

- Persons are read as UUID, 16 bytes, and sorted once. All windows after that run along the sorted table without
  PARTITION BY and ORDER BY, and DuckDB streams them. Running totals run on from person to person: only their
  differences within a person are used. Where a total must begin anew, the number of the person is its leading digits.
  That needs rows in the order in which they were inserted: DuckDB keeps it in tables, and loses it in joins.
- The next two stays decide about most crossings. Only the others are joined with the stays that follow; where histories
  are short, that costs half of an ASOF JOIN.
"""

import json
import sys
import time

import duckdb

COLUMNS = (
    "id_persona fecha_control tipo pais_nacionalidad sexo fecha_nacimiento pais_movimiento pais_residencia "
    "puesto_control documento numero_documento"
).split()
TYPES = {"id_persona": "UUID", "fecha_control": "DATE"}

# Columns that are not used are not converted. The rows keep the order of the file: it decides between crossings of one day.
CROSSINGS = """
SELECT id_persona AS person, (fecha_control - DATE '1970-01-01')::INTEGER AS day, tipo = 'S' AS leaves
FROM read_csv($csv, delim = ';', quote = '', escape = '', header = true, auto_detect = false,
              dateformat = '%d/%m/%Y', encoding = $encoding, columns = $columns)
WHERE id_persona <> '00000000-0000-0000-0000-000000000000'  -- linked to nobody
  AND fecha_control <= DATE '2007-12-31'
"""

HISTORIES = """
SELECT person, day, leaves FROM crossings ORDER BY person, day, rowid
"""

# What follows a crossing: the stay that it begins, and the next. The last stay of a person has no end: it is 1,000,000 days
# long. Between two crossings in one direction a person stays where the earlier led, and the stay goes on after the later.
STAYS = """
SELECT
    person, day, leaves,
    person IS DISTINCT FROM lag(person) OVER () AS is_first,
    CASE WHEN person = lead(person) OVER () THEN lead(day) OVER () - day ELSE 1_000_000 END AS stay,
    person = lead(person) OVER () AND leaves <> lead(leaves) OVER () AS turns,
    CASE WHEN person = lead(person, 2) OVER () THEN lead(day, 2) OVER () - lead(day) OVER ()
         ELSE 1_000_000 END AS stay_back
FROM histories
"""

# Days spent abroad and at home by the end of each stay, and what the next two stays decide. Days at home are what is left;
# they count from a day of long ago, which falls out of differences. The number of a person is that of the first row.
TOTALS = """
WITH totals AS (
    SELECT
        row_number() OVER () AS n, * EXCLUDE (turns, stay_back),
        sum(CASE WHEN leaves THEN stay ELSE 0 END) OVER (ROWS UNBOUNDED PRECEDING)::BIGINT AS abroad,
        CASE WHEN stay >= 365 THEN true WHEN turns AND stay_back >= 123 THEN false END AS moves,
        CASE WHEN stay >= 365 THEN day + 365 WHEN turns AND stay_back >= 123 THEN day + stay + 123 END AS decided_on
    FROM stays
)
SELECT *, day + stay - abroad AS home, max(CASE WHEN is_first THEN n END) OVER (ROWS UNBOUNDED PRECEDING) AS person_number
FROM totals
"""

# The others: the stay in which the 365th day on the new side falls, and the one in which the 123rd day on the old does.
# What comes first is never more than 487 days away.
UNDECIDED = """
WITH undecided AS (
    SELECT n, person_number, day, leaves,
        CASE WHEN leaves THEN abroad ELSE home END - stay + 365 AS enough,
        CASE WHEN leaves THEN home ELSE abroad END + 123 AS too_much
    FROM totals
    WHERE moves IS NULL
), spells AS (
    SELECT n, person_number, day, leaves, day + stay AS ends, CASE WHEN leaves THEN abroad ELSE home END AS spent
    FROM totals SEMI JOIN undecided USING (person_number)
), reached AS (
    SELECT undecided.n, spells.leaves = undecided.leaves AS on_new_side,
        spells.ends - spells.spent + CASE WHEN on_new_side THEN enough ELSE too_much END AS reached_on
    FROM undecided JOIN spells
        ON spells.person_number = undecided.person_number
        AND spells.n >= undecided.n
        AND spells.day < undecided.day + 487
        AND spells.spent >= CASE WHEN spells.leaves = undecided.leaves THEN enough ELSE too_much END
)
SELECT n, min(reached_on) AS decided_on, arg_min(on_new_side, reached_on) AS moves FROM reached GROUP BY n
"""

# An update in place keeps the order of the rows, which a join does not.
DECIDE = """
UPDATE totals SET moves = undecided.moves, decided_on = undecided.decided_on
FROM undecided WHERE totals.n = undecided.n
"""

# The status runs from migration to migration. A person who is first seen leaving was at home before, and one who is first seen
# coming was not.
STATUSES = """
WITH afterwards AS (
    SELECT *, max(CASE WHEN moves THEN 2 * n + leaves::INTEGER WHEN is_first THEN 2 * n + (NOT leaves)::INTEGER END)
        OVER (ROWS UNBOUNDED PRECEDING) % 2 = 1 AS abroad_after
    FROM totals
)
SELECT *, CASE WHEN is_first THEN NOT leaves ELSE lag(abroad_after) OVER () END AS abroad_before
FROM afterwards
"""

# A crossing to the side where a person is resident anyway is settled on the next morning. What is settled later than
# the end of observation is not settled.
SETTLED = """
WITH settled AS (
    SELECT *, max(10_000_000 * person_number + 1_000_000
                  + CASE WHEN abroad_before = leaves THEN day + 1 ELSE decided_on END)
        OVER (ROWS UNBOUNDED PRECEDING) % 10_000_000 - 1_000_000 AS uncut
    FROM statuses
), cut AS (
    SELECT * EXCLUDE uncut, CASE WHEN uncut <= $end THEN uncut ELSE 1_000_000 END::INTEGER AS settled,
        NOT is_first AND leaves <> lag(leaves) OVER () AS turns
    FROM settled
)
SELECT
    n, person_number, person, day, leaves, stay, abroad, home, abroad_before, abroad_after, settled,
    CASE WHEN is_first THEN -1_000_000 ELSE lag(settled) OVER () END AS settled_before,
    CASE WHEN is_first OR lag(is_first) OVER () THEN -1_000_000 ELSE lag(settled, 2) OVER () END AS settled_before_that,
    turns AND lag(stay) OVER () < 243 AS is_quick_turn,
    NOT is_first AND (NOT turns OR day = max(CASE WHEN is_first THEN 10_000_000 * n WHEN turns THEN 10_000_000 * n + 1_000_000 + day END)
        OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) % 10_000_000 - 1_000_000) AS goes_on
FROM cut
"""

# A crossing back while one before it is in doubt can be known to be no migration before that one is decided: were both
# migrations, 243 days or more would lie between them on the other side (2 x 365 - 487). Most are looked up in the row before;
# these are the crossings with more than one before them in doubt. Where no day was spent on the other side since an earlier crossing in
# the same direction, the later is none whatever comes: if it were, the earlier would be (365 days from the later, and the days between, are
# 365 of the 487 from the earlier).
DOUBTS = """
SELECT later.n, min(greatest(later.day + 1, earlier.settled_before)) AS no_migration_on
FROM settled later JOIN settled earlier
    ON earlier.person_number = later.person_number
    AND earlier.n < later.n
    AND earlier.leaves <> later.leaves
    AND earlier.settled > greatest(later.day + 1, earlier.settled_before)
    AND CASE WHEN later.leaves THEN later.home - earlier.home ELSE later.abroad - earlier.abroad END + earlier.stay < 243
WHERE later.settled_before_that > later.day + 1
GROUP BY later.n
"""

ANSWERS = """
WITH answers AS (
    SELECT *,
        CASE WHEN settled <= $end THEN abroad_before <> abroad_after END AS changes,
        CASE WHEN settled_before > day + 1 AND changes IS DISTINCT FROM true
             THEN CASE WHEN goes_on THEN day + 1 WHEN settled_before_that > day + 1 THEN no_migration_on WHEN is_quick_turn THEN day + 1 END
             END AS no_migration_on_,
        no_migration_on_ < settled AS is_early
    FROM settled LEFT JOIN doubts USING (n)
)
SELECT
    person,
    DATE '1970-01-01' + day AS crossed_on,
    CASE WHEN leaves THEN 'departure' ELSE 'arrival' END AS direction,
    CASE WHEN settled_before > $end THEN NULL WHEN abroad_before THEN 'non_resident' ELSE 'resident' END AS status_before,
    CASE WHEN settled > $end THEN NULL WHEN abroad_after THEN 'non_resident' ELSE 'resident' END AS status_after,
    CASE WHEN settled <= $end THEN DATE '1970-01-01' + settled END AS status_decided_on,
    CASE WHEN is_early THEN false ELSE changes END AS migration,
    CASE WHEN is_early THEN DATE '1970-01-01' + no_migration_on_
         WHEN settled <= $end THEN DATE '1970-01-01' + settled END AS migration_decided_on
FROM answers
"""

# Each step makes a table that later steps read. Those that are no longer needed make room.
STEPS = [
    ("CREATE TEMP TABLE crossings AS", CROSSINGS),
    ("CREATE TEMP TABLE histories AS", HISTORIES),
    ("DROP TABLE", "crossings"),
    ("CREATE TEMP TABLE stays AS", STAYS),
    ("DROP TABLE", "histories"),
    ("CREATE TEMP TABLE totals AS", TOTALS),
    ("DROP TABLE", "stays"),
    ("CREATE TEMP TABLE undecided AS", UNDECIDED),
    ("", DECIDE),
    ("CREATE TEMP TABLE statuses AS", STATUSES),
    ("DROP TABLE", "totals"),
    ("CREATE TEMP TABLE settled AS", SETTLED),
    ("DROP TABLE", "statuses"),
    ("CREATE TEMP TABLE doubts AS", DOUBTS),
    # Order mattered up to here.
    ("SET", "preserve_insertion_order = false"),
    ("COPY", f"({ANSWERS}) TO $out (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"),
]


def main(csv: str, out: str, threads: str, encoding: str = "latin-1") -> None:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {int(threads)}")
    values = {
        "$csv": quoted(csv),
        "$out": quoted(out),
        "$encoding": quoted(encoding),
        "$columns": str({column: TYPES.get(column, "VARCHAR") for column in COLUMNS}),
        # The first day that is not observed.
        "$end": "(DATE '2008-01-01' - DATE '1970-01-01')",
    }
    seconds = []
    for verb, step in STEPS:
        for name, value in values.items():
            step = step.replace(name, value)
        start = time.perf_counter()
        result = connection.execute(f"{verb} {step}")
        seconds.append(time.perf_counter() - start)
    print(result.fetchone()[0])
    reading, *rule, writing = seconds
    print(json.dumps({"reading": reading, "rule": sum(rule), "writing": writing}), file=sys.stderr)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main(*sys.argv[1:])
