-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "permits" AS SELECT * FROM read_parquet('tables/permits.parquet');
CREATE OR REPLACE VIEW "declared" AS SELECT * FROM read_parquet('tables/declared.parquet');
CREATE OR REPLACE VIEW "permits_wide" AS SELECT t."geo", t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "permits" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "declared_wide" AS SELECT t."geo", t."year", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "declared" AS t GROUP BY ALL;
