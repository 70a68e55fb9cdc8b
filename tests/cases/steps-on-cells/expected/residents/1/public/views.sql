-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "quarters" AS SELECT * FROM read_parquet('tables/quarters.parquet');
CREATE OR REPLACE VIEW "months" AS SELECT * FROM read_parquet('tables/months.parquet');
