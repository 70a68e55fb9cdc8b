-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "permits_wide" AS SELECT t."year", t."citizenship", t."updated", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "permits" AS t GROUP BY ALL;
