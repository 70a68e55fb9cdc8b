-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "places" AS SELECT * FROM read_parquet('tables/places.parquet');
CREATE OR REPLACE VIEW "codelist_place" AS SELECT * FROM read_parquet('codelists/place.parquet');
CREATE OR REPLACE VIEW "codelist_sigla" AS SELECT * FROM read_parquet('codelists/sigla.parquet');
