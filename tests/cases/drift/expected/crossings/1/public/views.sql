-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "crossings" AS SELECT * FROM read_parquet('tables/crossings.parquet');
CREATE OR REPLACE VIEW "nationalities" AS SELECT * FROM read_parquet('tables/nationalities.parquet');
CREATE OR REPLACE VIEW "crossings_wide" AS SELECT t."year", t."direction", t."way", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "crossings" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "nationalities_wide" AS SELECT t."year", t."nationality", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "nationalities" AS t GROUP BY ALL;
