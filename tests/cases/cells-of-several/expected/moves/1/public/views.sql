-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "moves" AS SELECT * FROM read_parquet('tables/moves.parquet');
CREATE OR REPLACE VIEW "elsewhere" AS SELECT * FROM read_parquet('tables/elsewhere.parquet');
CREATE OR REPLACE VIEW "moves_wide" AS SELECT t."year", t."place", t."sex", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow", max(t.value) FILTER (WHERE t.indicator = 'sex_ratio') AS "sex_ratio", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "moves" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "elsewhere_wide" AS SELECT t."year", t."place", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'flow') AS "flow" FROM "elsewhere" AS t GROUP BY ALL;
