-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "crossings" AS SELECT * FROM read_parquet('tables/crossings.parquet');
CREATE OR REPLACE VIEW "directions" AS SELECT * FROM read_parquet('tables/directions.parquet');
CREATE OR REPLACE VIEW "arrivals" AS SELECT * FROM read_parquet('tables/arrivals.parquet');
CREATE OR REPLACE VIEW "crossings_wide" AS SELECT t."year", t."year_code", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "crossings" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "directions_wide" AS SELECT t."year", t."year_code", t."direction", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "directions" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "arrivals_wide" AS SELECT t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "arrivals" AS t GROUP BY ALL;
