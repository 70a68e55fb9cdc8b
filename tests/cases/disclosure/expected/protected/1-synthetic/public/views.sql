-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "emigrants" AS SELECT * FROM read_parquet('tables/emigrants.parquet');
CREATE OR REPLACE VIEW "crossings" AS SELECT * FROM read_parquet('tables/crossings.parquet');
CREATE OR REPLACE VIEW "reconciliation" AS SELECT * FROM read_parquet('tables/reconciliation.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
CREATE OR REPLACE VIEW "emigrants_wide" AS SELECT t."year", t."sex", l1.label_en AS "sex_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'sex_ratio') AS "sex_ratio", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "emigrants" AS t LEFT JOIN "codelist_sex" AS l1 ON l1.code = t."sex" GROUP BY ALL;
CREATE OR REPLACE VIEW "crossings_wide" AS SELECT t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "crossings" AS t GROUP BY ALL;
