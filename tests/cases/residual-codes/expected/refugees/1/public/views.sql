-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "by_origin" AS SELECT * FROM read_parquet('tables/by_origin.parquet');
CREATE OR REPLACE VIEW "by_age" AS SELECT * FROM read_parquet('tables/by_age.parquet');
CREATE OR REPLACE VIEW "codelist_origin" AS SELECT * FROM read_parquet('codelists/origin.parquet');
