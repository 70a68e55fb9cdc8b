-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "t" AS SELECT * FROM read_parquet('tables/t.parquet');
CREATE OR REPLACE VIEW "t_wide" AS SELECT t."geo", t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "t" AS t GROUP BY ALL;
