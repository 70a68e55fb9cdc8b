-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "crossings" AS SELECT * FROM read_parquet('tables/crossings.parquet');
CREATE OR REPLACE VIEW "nationalities" AS SELECT * FROM read_parquet('tables/nationalities.parquet');
