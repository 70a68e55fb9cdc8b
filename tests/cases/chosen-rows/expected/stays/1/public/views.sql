-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "stays" AS SELECT * FROM read_parquet('tables/stays.parquet');
CREATE OR REPLACE VIEW "other_purposes" AS SELECT * FROM read_parquet('tables/other_purposes.parquet');
CREATE OR REPLACE VIEW "stays_wide" AS SELECT t."year", t."year_code", t."citizen", t."purpose", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "stays" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "other_purposes_wide" AS SELECT t."citizen", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "other_purposes" AS t GROUP BY ALL;
