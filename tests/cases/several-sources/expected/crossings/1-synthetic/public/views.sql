-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "crossings" AS SELECT * FROM read_parquet('tables/crossings.parquet');
CREATE OR REPLACE VIEW "directions" AS SELECT * FROM read_parquet('tables/directions.parquet');
CREATE OR REPLACE VIEW "arrivals" AS SELECT * FROM read_parquet('tables/arrivals.parquet');
