-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "ages" AS SELECT * FROM read_parquet('tables/ages.parquet');
CREATE OR REPLACE VIEW "reconciliation" AS SELECT * FROM read_parquet('tables/reconciliation.parquet');
CREATE OR REPLACE VIEW "codelist_age_group" AS SELECT * FROM read_parquet('codelists/age-group.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
