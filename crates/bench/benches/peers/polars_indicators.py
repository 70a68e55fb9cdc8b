"""Twenty indicators of a table of cells in Polars, as a statistician would write them, to one tidy Parquet file.

    python polars_indicators.py cells.csv indicators.parquet THREADS

As `duckdb_indicators.py`: no flags, no breaks, no suppressed counts, no check that parts add up to their totals.
"""

import os
import sys


def main(csv: str, out: str, threads: str) -> None:
    # Polars looks at this when it is imported.
    os.environ["POLARS_MAX_THREADS"] = threads
    import polars as pl

    col, lit = pl.col, pl.lit
    kinds = {"year": pl.Int32, "country": pl.String, "sex": pl.String, "age": pl.String, "value": pl.Int64}
    cells = pl.read_csv(csv, schema=kinds)
    n, key, cell = col("value"), ["year", "country", "sex", "age"], ["country", "sex", "age"]
    group = ["year", "sex", "age"]
    told = []

    def tell(name, frame, value, total=None):
        frame = frame.with_columns(lit("T").alias(total)) if total else frame
        columns = [col("year"), *(col(name).cast(pl.String) for name in cell), lit(name).alias("indicator")]
        told.append(frame.select(*columns, value.cast(pl.Float64).alias("value")))

    def before(frame, value):
        earlier = frame.select(col("year") + 1, *cell, col(value).alias("before"))
        return frame.join(earlier, on=key)

    detail = cells.filter(col("country") != "T")
    totals = cells.filter((col("country") == "T") & (n > 0)).select(*group, n.alias("total"))
    shares = detail.join(totals, on=group).with_columns((100 * n / col("total")).alias("share"))
    ranked = detail.with_columns(n.rank("min", descending=True).over(group).cast(pl.Int64).alias("place"))
    tell("share", shares, col("share"))
    tell("rank", ranked, col("place"))
    tell("share_change", before(shares, "share"), col("share") - col("before"))
    tell("rank_change", before(ranked, "place"), col("before") - col("place"))
    years = before(cells, "value")
    tell("change", years, n - col("before"))
    tell("growth", years.filter(col("before") > 0), 100 * (n - col("before")) / col("before"))
    first = cells.filter((col("year") == 2000) & (n > 0)).select(*cell, n.alias("then"))
    since = cells.join(first, on=cell)
    tell("index", since, 100 * n / col("then"))
    later = since.filter(col("year") > 2000)
    tell("mean_annual_growth", later, 100 * ((n / col("then")) ** (1 / (col("year") - 2000)) - 1))
    of_sex = lambda sex: cells.filter(col("sex") == sex).select("year", "country", "age", n.alias(sex))
    sexes = of_sex("F").join(of_sex("M"), on=["year", "country", "age"])
    tell("sex_ratio", sexes.filter(col("F") > 0), 100 * col("M") / col("F"), "sex")
    tell("women_share", sexes.filter(col("F") + col("M") > 0), 100 * col("F") / (col("F") + col("M")), "sex")
    ages = cells.filter(col("age") != "T").with_columns(col("age").cast(pl.Int64)).sort("age")
    person = ["year", "country", "sex"]
    some = lambda condition: n.filter(condition).sum()
    groups = ages.group_by(person).agg(
        n.sum().alias("n"),
        (n * (col("age") + 0.5)).sum().alias("years"),
        some(col("age") < 15).alias("young"),
        some(col("age") < 18).alias("minors"),
        some(col("age") >= 65).alias("old"),
        some(col("age").is_between(15, 64)).alias("middle"),
    )
    groups = groups.filter(col("n") > 0)
    tell("mean_age", groups, col("years") / col("n"), "age")
    halves = ages.with_columns(n.cum_sum().over(person).alias("upto"), n.sum().over(person).alias("n"))
    tell("age_profile", halves.filter(col("n") > 0), 100 * n / col("n"))
    halves = halves.filter((n > 0) & (2 * col("upto") >= col("n")))
    median = (col("age") + (col("n") / 2 - (col("upto") - n)) / n).sort_by("age").first().alias("median")
    tell("median_age", halves.group_by(person).agg(median), col("median"), "age")
    tell("minors_share", groups, 100 * col("minors") / col("n"), "age")
    middle, young = groups.filter(col("middle") > 0), groups.filter(col("young") > 0)
    tell("dependency_ratio", middle, 100 * (col("young") + col("old")) / col("middle"), "age")
    tell("old_dependency_ratio", middle, 100 * col("old") / col("middle"), "age")
    tell("ageing_index", young, 100 * col("old") / col("young"), "age")
    s = n / n.sum()
    parts = detail.group_by(group).agg(
        n.sum().alias("n"),
        n.top_k(5).sum().alias("top"),
        (s * s).sum().alias("herfindahl"),
        -(s * s.log()).filter(n > 0).sum().alias("shannon"),
    )
    parts = parts.filter(col("n") > 0)
    tell("top_share", parts, 100 * col("top") / col("n"), "country")
    tell("herfindahl", parts, col("herfindahl"), "country")
    tell("shannon", parts, col("shannon"), "country")
    rows = pl.concat(told).sort("indicator", *key)
    rows.write_parquet(out, compression="zstd")
    print(rows.height)


if __name__ == "__main__":
    main(*sys.argv[1:])
