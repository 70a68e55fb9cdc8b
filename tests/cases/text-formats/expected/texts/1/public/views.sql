-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "moves" AS SELECT * FROM read_parquet('tables/moves.parquet');
CREATE OR REPLACE VIEW "immigration" AS SELECT * FROM read_parquet('tables/immigration.parquet');
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
