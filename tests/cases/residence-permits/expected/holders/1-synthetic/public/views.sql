-- In the folder of this file: duckdb -init views.sql
CREATE OR REPLACE VIEW "events" AS SELECT * FROM read_parquet('tables/events.parquet');
CREATE OR REPLACE VIEW "renewals" AS SELECT * FROM read_parquet('tables/renewals.parquet');
CREATE OR REPLACE VIEW "lags" AS SELECT * FROM read_parquet('tables/lags.parquet');
CREATE OR REPLACE VIEW "italy" AS SELECT * FROM read_parquet('tables/italy.parquet');
CREATE OR REPLACE VIEW "italy_held_as" AS SELECT * FROM read_parquet('tables/italy_held_as.parquet');
CREATE OR REPLACE VIEW "europe" AS SELECT * FROM read_parquet('tables/europe.parquet');
CREATE OR REPLACE VIEW "cohorts" AS SELECT * FROM read_parquet('tables/cohorts.parquet');
CREATE OR REPLACE VIEW "days" AS SELECT * FROM read_parquet('tables/days.parquet');
CREATE OR REPLACE VIEW "events_wide" AS SELECT t."year", t."event", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "events" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "renewals_wide" AS SELECT t."year", t."renewal", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share" FROM "renewals" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "lags_wide" AS SELECT t."lag", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'count') AS "count" FROM "lags" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "italy_wide" AS SELECT t."reference_date", t."reason", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "italy" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "italy_held_as_wide" AS SELECT t."reference_date", t."held_as", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "italy_held_as" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "europe_wide" AS SELECT t."reference_date", t."reason", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "europe" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "cohorts_wide" AS SELECT t."reference_date", t."cohort", t."outcome", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'share') AS "share", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "cohorts" AS t GROUP BY ALL;
CREATE OR REPLACE VIEW "days_wide" AS SELECT t."reference_date", t."reason", t."concept", t."rule", t."reference_period", t."reference_area", t."vintage", max(t.value) FILTER (WHERE t.indicator = 'stock') AS "stock" FROM "days" AS t GROUP BY ALL;
