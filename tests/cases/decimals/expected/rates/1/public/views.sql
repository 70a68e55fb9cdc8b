-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "rates" AS SELECT * FROM read_parquet('tables/rates.parquet');
CREATE OR REPLACE VIEW "rates_wide" AS SELECT t."reference_date", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "rates" AS t GROUP BY ALL;
