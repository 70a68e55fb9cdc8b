-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "declared" AS SELECT * FROM read_parquet('tables/declared.parquet');
