-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "ages" AS SELECT * FROM read_parquet('tables/ages.parquet');
CREATE OR REPLACE VIEW "reconciliation" AS SELECT * FROM read_parquet('tables/reconciliation.parquet');
CREATE OR REPLACE VIEW "codelist_age_group" AS SELECT * FROM read_parquet('codelists/age-group.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "permits_wide" AS SELECT t."reference_date", t."citizenship", l1.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'change') AS "change", max(t.value) FILTER (WHERE t.indicator = 'growth') AS "growth", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "permits" AS t LEFT JOIN "codelist_country" AS l1 ON l1.code = t."citizenship" GROUP BY ALL;
CREATE OR REPLACE VIEW "ages_wide" AS SELECT t."year", t."age_group", l1.label_en AS "age_group_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'mean_age') AS "mean_age", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "ages" AS t LEFT JOIN "codelist_age_group" AS l1 ON l1.code = t."age_group" GROUP BY ALL;
