-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "moves" AS SELECT * FROM read_parquet('tables/moves.parquet');
CREATE OR REPLACE VIEW "immigration" AS SELECT * FROM read_parquet('tables/immigration.parquet');
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "moves_wide" AS SELECT t."year", t."year_code", t."born", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "moves" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "immigration_wide" AS SELECT t."year", t."citizenship", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "immigration" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "residents_wide" AS SELECT t."year", t."province", t."citizenship", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "residents" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "permits_wide" AS SELECT t."year", t."area", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "permits" AS t GROUP BY ALL;
