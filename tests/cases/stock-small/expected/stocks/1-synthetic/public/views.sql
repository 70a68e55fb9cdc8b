-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "holders" AS SELECT * FROM read_parquet('tables/holders.parquet');
CREATE OR REPLACE VIEW "by_sex" AS SELECT * FROM read_parquet('tables/by_sex.parquet');
CREATE OR REPLACE VIEW "holders_wide" AS SELECT t."reference_date", t."citizenship", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'change') AS "change", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "holders" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "by_sex_wide" AS SELECT t."reference_date", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "by_sex" AS t GROUP BY ALL;
