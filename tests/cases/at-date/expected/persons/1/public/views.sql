-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "persons" AS SELECT * FROM read_parquet('tables/persons.parquet');
CREATE OR REPLACE VIEW "born" AS SELECT * FROM read_parquet('tables/born.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "codelist_eu" AS SELECT * FROM read_parquet('codelists/eu.parquet');
CREATE OR REPLACE VIEW "persons_wide" AS SELECT t."year", t."citizenship", l1.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "persons" AS t LEFT JOIN "codelist_eu" AS l1 ON l1.code = t."citizenship" GROUP BY ALL;
CREATE OR REPLACE VIEW "born_wide" AS SELECT t."born", l0.label_en AS "born_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "born" AS t LEFT JOIN "codelist_country" AS l0 ON l0.code = t."born" GROUP BY ALL;
