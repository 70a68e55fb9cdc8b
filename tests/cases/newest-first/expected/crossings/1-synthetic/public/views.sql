-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "as_it_is" AS SELECT * FROM read_parquet('tables/as_it_is.parquet');
CREATE OR REPLACE VIEW "newest_first" AS SELECT * FROM read_parquet('tables/newest_first.parquet');
CREATE OR REPLACE VIEW "by_time" AS SELECT * FROM read_parquet('tables/by_time.parquet');
