-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "by_citizenship" AS SELECT * FROM read_parquet('tables/by_citizenship.parquet');
CREATE OR REPLACE VIEW "all" AS SELECT * FROM read_parquet('tables/all.parquet');
CREATE OR REPLACE VIEW "codelist_country_small" AS SELECT * FROM read_parquet('codelists/country-small.parquet');
CREATE OR REPLACE VIEW "by_citizenship_wide" AS SELECT t."quarter", t."citizenship", l1.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "by_citizenship" AS t LEFT JOIN "codelist_country_small" AS l1 ON l1.code = t."citizenship" GROUP BY ALL;
CREATE OR REPLACE VIEW "all_wide" AS SELECT t."citizenship", l0.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "all" AS t LEFT JOIN "codelist_country_small" AS l0 ON l0.code = t."citizenship" GROUP BY ALL;
