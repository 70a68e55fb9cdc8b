-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "emigrants" AS SELECT * FROM read_parquet('tables/emigrants.parquet');
CREATE OR REPLACE VIEW "destinations" AS SELECT * FROM read_parquet('tables/destinations.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
