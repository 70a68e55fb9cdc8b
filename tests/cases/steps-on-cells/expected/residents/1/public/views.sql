-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "residents" AS SELECT * FROM read_parquet('tables/residents.parquet');
CREATE OR REPLACE VIEW "quarters" AS SELECT * FROM read_parquet('tables/quarters.parquet');
CREATE OR REPLACE VIEW "months" AS SELECT * FROM read_parquet('tables/months.parquet');
CREATE OR REPLACE VIEW "residents_wide" AS SELECT t."reference_date", t."place", t."edition", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "residents" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "quarters_wide" AS SELECT t."quarter", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "quarters" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "months_wide" AS SELECT t."month", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "months" AS t GROUP BY ALL;
