-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "residents_wide" AS SELECT t."year", t."age", t."age_code", t."citizenship", l3.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "residents" AS t LEFT JOIN "codelist_country" AS l3 ON l3.code = t."citizenship" GROUP BY ALL;
