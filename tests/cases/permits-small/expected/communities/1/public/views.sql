-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "communities" AS SELECT * FROM read_parquet('tables/communities.parquet');
CREATE OR REPLACE VIEW "totals" AS SELECT * FROM read_parquet('tables/totals.parquet');
CREATE OR REPLACE VIEW "reconciliation" AS SELECT * FROM read_parquet('tables/reconciliation.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
CREATE OR REPLACE VIEW "communities_wide" AS SELECT t."reference_date", t."citizenship", l1.label_en AS "citizenship_label", t."sex", l2.label_en AS "sex_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'sex_ratio') AS "sex_ratio", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "communities" AS t LEFT JOIN "codelist_country" AS l1 ON l1.code = t."citizenship" LEFT JOIN "codelist_sex" AS l2 ON l2.code = t."sex" GROUP BY ALL;
CREATE OR REPLACE VIEW "totals_wide" AS SELECT t."reference_date", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "totals" AS t GROUP BY ALL;
