-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "holders" AS SELECT * FROM read_parquet('tables/holders.parquet');
CREATE OR REPLACE VIEW "by_sex" AS SELECT * FROM read_parquet('tables/by_sex.parquet');
