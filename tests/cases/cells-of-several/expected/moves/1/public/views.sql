-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "moves" AS SELECT * FROM read_parquet('tables/moves.parquet');
CREATE OR REPLACE VIEW "elsewhere" AS SELECT * FROM read_parquet('tables/elsewhere.parquet');
