-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "by_origin" AS SELECT * FROM read_parquet('tables/by_origin.parquet');
CREATE OR REPLACE VIEW "by_age" AS SELECT * FROM read_parquet('tables/by_age.parquet');
CREATE OR REPLACE VIEW "codelist_origin" AS SELECT * FROM read_parquet('codelists/origin.parquet');
CREATE OR REPLACE VIEW "by_origin_wide" AS SELECT t."year", t."origin", l1.label_en AS "origin_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "by_origin" AS t LEFT JOIN "codelist_origin" AS l1 ON l1.code = t."origin" GROUP BY ALL;
CREATE OR REPLACE VIEW "by_age_wide" AS SELECT t."year", t."age", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "by_age" AS t GROUP BY ALL;
