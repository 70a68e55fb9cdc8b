-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "emigrants" AS SELECT * FROM read_parquet('tables/emigrants.parquet');
CREATE OR REPLACE VIEW "emigrants_wide" AS SELECT t."year", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration" FROM "emigrants" AS t GROUP BY ALL;
