-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "stays" AS SELECT * FROM read_parquet('tables/stays.parquet');
CREATE OR REPLACE VIEW "other_purposes" AS SELECT * FROM read_parquet('tables/other_purposes.parquet');
