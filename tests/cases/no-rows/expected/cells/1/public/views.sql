-- In the folder of this file: duckdb -init views.sql
-- From anywhere else: SET VARIABLE release = '/the/folder/of/this/file'; then read this file.
SET VARIABLE release = coalesce(getvariable('release'), '.');
CREATE OR REPLACE VIEW "t" AS SELECT * FROM read_parquet(getvariable('release') || '/tables/t.parquet');
CREATE OR REPLACE VIEW "codelist_column" AS SELECT * FROM read_parquet(getvariable('release') || '/codelists/column.parquet');
CREATE OR REPLACE VIEW "codelist_indicator" AS SELECT * FROM read_parquet(getvariable('release') || '/codelists/indicator.parquet');
CREATE OR REPLACE VIEW "codelist_unit" AS SELECT * FROM read_parquet(getvariable('release') || '/codelists/unit.parquet');
CREATE OR REPLACE VIEW "t_wide" AS SELECT t."geo", t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "t" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "t_labelled" AS SELECT t."geo", t."year", t."indicator", coalesce(l2.label_en, l2.label_en) AS "indicator_en", coalesce(l2.label_it, l2.label_en) AS "indicator_it", coalesce(l2.label_es, l2.label_en) AS "indicator_es", t."value", t."unit", coalesce(l4.label_en, l4.label_en) AS "unit_en", coalesce(l4.label_it, l4.label_en) AS "unit_it", coalesce(l4.label_es, l4.label_en) AS "unit_es", t."decimals", t."obs_status", t."conf_status", t."concept", t."base", t."n", t."n_not_stated", t."n_undecided", t."rule", t."rule_parameters", t."reference_period", t."reference_area", t."vintage" FROM "t" AS t LEFT JOIN "codelist_indicator" AS l2 ON l2.code = t."indicator" LEFT JOIN "codelist_unit" AS l4 ON l4.code = t."unit";
