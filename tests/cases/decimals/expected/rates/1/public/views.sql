-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "rates" AS SELECT * FROM read_parquet('tables/rates.parquet');
