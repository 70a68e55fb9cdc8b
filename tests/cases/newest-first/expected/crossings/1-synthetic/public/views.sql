-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "as_it_is" AS SELECT * FROM read_parquet('tables/as_it_is.parquet');
CREATE OR REPLACE VIEW "newest_first" AS SELECT * FROM read_parquet('tables/newest_first.parquet');
CREATE OR REPLACE VIEW "by_time" AS SELECT * FROM read_parquet('tables/by_time.parquet');
CREATE OR REPLACE VIEW "as_it_is_wide" AS SELECT t."citizenship", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration" FROM "as_it_is" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "newest_first_wide" AS SELECT t."citizenship", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration" FROM "newest_first" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "by_time_wide" AS SELECT t."citizenship", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration" FROM "by_time" AS t GROUP BY ALL;
