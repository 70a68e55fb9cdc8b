-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "emigrants" AS SELECT * FROM read_parquet('tables/emigrants.parquet');
CREATE OR REPLACE VIEW "destinations" AS SELECT * FROM read_parquet('tables/destinations.parquet');
CREATE OR REPLACE VIEW "codelist_country" AS SELECT * FROM read_parquet('codelists/country.parquet');
CREATE OR REPLACE VIEW "codelist_sex" AS SELECT * FROM read_parquet('codelists/sex.parquet');
CREATE OR REPLACE VIEW "emigrants_wide" AS SELECT t."year", t."sex", l1.label_en AS "sex_label", t."age_group", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration" FROM "emigrants" AS t LEFT JOIN "codelist_sex" AS l1 ON l1.code = t."sex" GROUP BY ALL;
CREATE OR REPLACE VIEW "destinations_wide" AS SELECT t."destination", l0.label_en AS "destination_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'emigration') AS "emigration", max(t.value) FILTER (WHERE t.indicator = 'rank') AS "rank", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "destinations" AS t LEFT JOIN "codelist_country" AS l0 ON l0.code = t."destination" GROUP BY ALL;
