-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "t" AS SELECT * FROM read_parquet('tables/t.parquet');
