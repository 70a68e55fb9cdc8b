-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "visas" AS SELECT * FROM read_parquet('tables/visas.parquet');
CREATE OR REPLACE VIEW "ages" AS SELECT * FROM read_parquet('tables/ages.parquet');
CREATE OR REPLACE VIEW "pyramid" AS SELECT * FROM read_parquet('tables/pyramid.parquet');
CREATE OR REPLACE VIEW "visas_wide" AS SELECT t."year", t."year_code", t."citizenship", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "visas" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "ages_wide" AS SELECT t."year", t."age_group", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count", max(t.value) FILTER (WHERE t.indicator = 'mean_age') AS "mean_age" FROM "ages" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "pyramid_wide" AS SELECT t."year", t."citizenship", t."age_group", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "pyramid" AS t GROUP BY ALL;
