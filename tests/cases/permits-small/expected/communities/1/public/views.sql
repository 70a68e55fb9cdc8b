-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "communities" AS SELECT * FROM read_parquet('tables/communities.parquet');
CREATE OR REPLACE VIEW "totals" AS SELECT * FROM read_parquet('tables/totals.parquet');
CREATE OR REPLACE VIEW "reconciliation" AS SELECT * FROM read_parquet('tables/reconciliation.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
