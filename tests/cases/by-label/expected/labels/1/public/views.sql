-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "persons" AS SELECT * FROM read_parquet('tables/persons.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "persons_wide" AS SELECT t."year", t."citizenship", l1.label_en AS "citizenship_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "persons" AS t LEFT JOIN "codelist_country" AS l1 ON l1.code = t."citizenship" GROUP BY ALL;
