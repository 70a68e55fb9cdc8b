-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "persons" AS SELECT * FROM read_parquet('tables/persons.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
