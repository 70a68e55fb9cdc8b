-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "places" AS SELECT * FROM read_parquet('tables/places.parquet');
CREATE OR REPLACE VIEW "codelist_place" AS SELECT * FROM read_parquet('codelists/place.parquet');
CREATE OR REPLACE VIEW "codelist_sigla" AS SELECT * FROM read_parquet('codelists/sigla.parquet');
CREATE OR REPLACE VIEW "places_wide" AS SELECT t."place", l0.label_en AS "place_label", t."sigla", l1.label_en AS "sigla_label", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "places" AS t LEFT JOIN "codelist_place" AS l0 ON l0.code = t."place" LEFT JOIN "codelist_sigla" AS l1 ON l1.code = t."sigla" GROUP BY ALL;
