-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "visas" AS SELECT * FROM read_parquet('tables/visas.parquet');
CREATE OR REPLACE VIEW "ages" AS SELECT * FROM read_parquet('tables/ages.parquet');
CREATE OR REPLACE VIEW "pyramid" AS SELECT * FROM read_parquet('tables/pyramid.parquet');
