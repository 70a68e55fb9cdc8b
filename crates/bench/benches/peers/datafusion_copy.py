"""The bare conversion with DataFusion: a CSV of crossings to Parquet, both dates parsed, nothing else.

    python datafusion_copy.py crossings.csv crossings.parquet THREADS

DataFusion reads UTF-8 only. Types are declared instead of detected; a row that does not fit ends the run. Quotes cannot
be switched off in this reader; the files have none.
"""

import sys

import pyarrow
from datafusion import SessionConfig, SessionContext

COLUMNS = (
    "id_persona fecha_control tipo pais_nacionalidad sexo fecha_nacimiento pais_movimiento pais_residencia "
    "puesto_control documento numero_documento"
).split()
COPY = "COPY (SELECT {columns} FROM crossings) TO {out} STORED AS PARQUET OPTIONS ('format.compression' 'zstd(1)')"


def main(csv: str, out: str, threads: str) -> None:
    context = SessionContext(SessionConfig().with_target_partitions(int(threads)))
    schema = pyarrow.schema([(column, pyarrow.string()) for column in COLUMNS])
    context.register_csv("crossings", csv, schema=schema, has_header=True, delimiter=";")
    columns = ", ".join(map(selected, COLUMNS))
    (written,) = context.sql(COPY.format(columns=columns, out=quoted(out))).to_pylist()
    print(written["count"])


def selected(column: str) -> str:
    return f"to_date({column}, '%d/%m/%Y') AS {column}" if column.startswith("fecha_") else column


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    main(*sys.argv[1:])
