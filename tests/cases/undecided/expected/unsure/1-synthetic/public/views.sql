-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "emigrants" AS SELECT * FROM read_parquet('tables/emigrants.parquet');
CREATE OR REPLACE VIEW "by_sex" AS SELECT * FROM read_parquet('tables/by_sex.parquet');
CREATE OR REPLACE VIEW "rules_compared" AS SELECT * FROM read_parquet('tables/rules_compared.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
