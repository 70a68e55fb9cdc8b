-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
