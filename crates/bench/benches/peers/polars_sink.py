"""The bare conversion with Polars: a CSV of crossings to Parquet, both dates parsed, nothing else.

    python polars_sink.py crossings.csv crossings.parquet THREADS [ENCODING]

Polars reads UTF-8 only. With the encoding `utf8-lossy`, it takes a file in windows-1252 and replaces each accented
letter by U+FFFD: all rows are there, their letters are not.
"""

import os
import sys


def main(csv: str, out: str, threads: str, encoding: str = "utf8-lossy") -> None:
    # Polars looks at this when it is imported.
    os.environ["POLARS_MAX_THREADS"] = threads
    import polars as pl

    dates = pl.col("fecha_control", "fecha_nacimiento").str.to_date("%d/%m/%Y")
    rows = pl.scan_csv(csv, separator=";", quote_char=None, encoding=encoding, infer_schema=False)
    rows.with_columns(dates).sink_parquet(out, compression="zstd", compression_level=1, maintain_order=False)
    print(pl.scan_parquet(out).select(pl.len()).collect().item())


if __name__ == "__main__":
    main(*sys.argv[1:])
