-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "budgets" AS SELECT * FROM read_parquet('tables/budgets.parquet');
CREATE OR REPLACE VIEW "permits_wide" AS SELECT t."year", t."birth_year", t."age", t."age_code", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "permits" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "budgets_wide" AS SELECT t."budget", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "budgets" AS t GROUP BY ALL;
