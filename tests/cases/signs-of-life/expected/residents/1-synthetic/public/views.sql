-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "residents_wide" AS SELECT t."year", t."residency", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "residents" AS t GROUP BY ALL;
