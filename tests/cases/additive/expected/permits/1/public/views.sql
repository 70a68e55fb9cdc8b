-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "by_citizenship" AS SELECT * FROM read_parquet('tables/by_citizenship.parquet');
CREATE OR REPLACE VIEW "all" AS SELECT * FROM read_parquet('tables/all.parquet');
CREATE OR REPLACE VIEW "codelist_country_small" AS SELECT * FROM read_parquet('codelists/country-small.parquet');
