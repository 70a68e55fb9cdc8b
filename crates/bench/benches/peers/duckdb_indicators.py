"""Twenty indicators of a table of cells in DuckDB SQL, as a statistician would write them, to one tidy Parquet file.

    python duckdb_indicators.py cells.csv indicators.parquet THREADS

It does what `indicators.toml` asks denizen for, and less: no flags, no breaks, no suppressed counts, no check that parts add up to
their totals, no marks of ranks that a code which is not listed may change.
"""

import sys

import duckdb

CELLS = """
CREATE TABLE cells AS FROM read_csv('{csv}', header = true, auto_detect = false,
    columns = {{year: INTEGER, country: VARCHAR, sex: VARCHAR, age: VARCHAR, value: BIGINT}});
CREATE VIEW ranked AS SELECT *, rank() OVER (PARTITION BY year, sex, age ORDER BY value DESC) AS place
    FROM cells WHERE country <> 'T';
CREATE VIEW shares AS SELECT c.*, 100.0 * c.value / t.value AS share FROM cells c
    JOIN cells t USING (year, sex, age) WHERE t.country = 'T' AND c.country <> 'T' AND t.value > 0;
CREATE VIEW since AS SELECT c.year, c.country, c.sex, c.age, c.value AS n, b.value AS earlier, c.year - b.year AS years
    FROM cells c JOIN cells b USING (country, sex, age) WHERE b.year = 2000 AND b.value > 0;
CREATE VIEW sexes AS SELECT year, country, age, max(value) FILTER (sex = 'F') AS f, max(value) FILTER (sex = 'M') AS m
    FROM cells GROUP BY ALL HAVING f IS NOT NULL AND m IS NOT NULL;
CREATE VIEW ages AS SELECT year, country, sex, age::INTEGER AS age, value FROM cells WHERE age <> 'T';
CREATE VIEW groups AS SELECT year, country, sex, sum(value) AS n, sum(value * (age + 0.5)) AS years,
    sum(value) FILTER (age < 15) AS young, sum(value) FILTER (age < 18) AS minors, sum(value) FILTER (age >= 65) AS old,
    sum(value) FILTER (age BETWEEN 15 AND 64) AS middle FROM ages GROUP BY ALL HAVING n > 0;
CREATE VIEW halves AS SELECT *, sum(value) OVER (PARTITION BY year, country, sex ORDER BY age) AS upto,
    sum(value) OVER (PARTITION BY year, country, sex) AS n FROM ages;
CREATE VIEW parts AS SELECT year, sex, age, value::DOUBLE / sum(value) OVER (PARTITION BY year, sex, age) AS s,
    row_number() OVER (PARTITION BY year, sex, age ORDER BY value DESC) AS nth, value,
    sum(value) OVER (PARTITION BY year, sex, age) AS n FROM cells WHERE country <> 'T';
"""

INDICATORS = {
    "share": "SELECT year, country, sex, age, share FROM shares",
    "rank": "SELECT year, country, sex, age, place FROM ranked",
    "share_change": "SELECT a.year, country, sex, age, a.share - b.share FROM shares a JOIN shares b USING (country, sex, age) "
    "WHERE b.year = a.year - 1",
    "rank_change": "SELECT a.year, country, sex, age, b.place - a.place FROM ranked a JOIN ranked b USING (country, sex, age) "
    "WHERE b.year = a.year - 1",
    "change": "SELECT a.year, country, sex, age, a.value - b.value FROM cells a JOIN cells b USING (country, sex, age) "
    "WHERE b.year = a.year - 1",
    "growth": "SELECT a.year, country, sex, age, 100.0 * (a.value - b.value) / b.value FROM cells a JOIN cells b USING (country, "
    "sex, age) WHERE b.year = a.year - 1 AND b.value > 0",
    "index": "SELECT year, country, sex, age, 100.0 * n / earlier FROM since WHERE years >= 0",
    "mean_annual_growth": "SELECT year, country, sex, age, 100 * (pow(n / earlier, 1 / years) - 1) FROM since WHERE years > 0",
    "sex_ratio": "SELECT year, country, 'T', age, 100.0 * m / f FROM sexes WHERE f > 0",
    "women_share": "SELECT year, country, 'T', age, 100.0 * f / (f + m) FROM sexes WHERE f + m > 0",
    "mean_age": "SELECT year, country, sex, 'T', years / n FROM groups",
    "median_age": "SELECT year, country, sex, 'T', arg_min(age + (n / 2 - (upto - value)) / value, age) FROM halves "
    "WHERE value > 0 AND 2 * upto >= n GROUP BY ALL",
    "age_profile": "SELECT year, country, sex, age::VARCHAR, 100.0 * value / n FROM halves WHERE n > 0",
    "minors_share": "SELECT year, country, sex, 'T', 100.0 * minors / n FROM groups",
    "dependency_ratio": "SELECT year, country, sex, 'T', 100.0 * (young + old) / middle FROM groups WHERE middle > 0",
    "old_dependency_ratio": "SELECT year, country, sex, 'T', 100.0 * old / middle FROM groups WHERE middle > 0",
    "ageing_index": "SELECT year, country, sex, 'T', 100.0 * old / young FROM groups WHERE young > 0",
    "top_share": "SELECT year, 'T', sex, age, 100.0 * sum(value) FILTER (nth <= 5) / any_value(n) FROM parts WHERE n > 0 GROUP BY ALL",
    "herfindahl": "SELECT year, 'T', sex, age, sum(s * s) FROM parts WHERE n > 0 GROUP BY ALL",
    "shannon": "SELECT year, 'T', sex, age, -sum(s * ln(s)) FROM parts WHERE n > 0 AND value > 0 GROUP BY ALL",
}


def main(csv: str, out: str, threads: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {int(threads)}")
    connection.execute(CELLS.format(csv=csv.replace("'", "''")))
    rows = "year INTEGER, country VARCHAR, sex VARCHAR, age VARCHAR, indicator VARCHAR, value DOUBLE"
    connection.execute(f"CREATE TABLE indicators ({rows})")
    for name, query in INDICATORS.items():
        select = f"SELECT year, country, sex, age, '{name}', value FROM ({query}) AS q(year, country, sex, age, value)"
        connection.execute(f"INSERT INTO indicators {select}")
    target = out.replace("'", "''")
    connection.execute(
        f"COPY (FROM indicators ORDER BY indicator, year, country, sex, age) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )
    print(connection.execute("SELECT count(*) FROM indicators").fetchone()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
