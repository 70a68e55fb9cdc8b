//! Cells of published tables, from their files to the counts of tables.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use denizen_aggregate::{CellReport, Cells, LikelyTotal, Wholes, split_cells};
use denizen_clean::{Plan, RunningChecks, StepReports, without_places};
use denizen_ingest::{Chunks, IngestStats};
use denizen_spec::{CheckedRows, Diagnostic, FileReport, Severity, Source, StepReport, Weights};

use super::{Assembly, Faults, ReadSource, expected, one, warnings};
use crate::observer::{Stage, Unit};

impl Assembly<'_> {
    /// Cells of published tables: corrected, divided by weights, checked as a whole, changed by the steps of their source,
    /// and taken as they are or added up.
    pub(super) fn cells(
        &mut self,
        source: &Source,
        plan: &Plan,
        weights: &[Weights],
        chunks: &Chunks,
        bytes: u64,
    ) -> Result<ReadSource, Faults> {
        let checks = self.checks_of(source);
        let running = checks.start();
        let (mut batches, stats) = self.read_cells(source, chunks, bytes, &running).map_err(one)?;
        let mut reports = plan.empty_reports();
        correct(&mut batches, plan, &mut reports)?;
        let divided = weights.iter().map(|weights| split(&mut batches, weights));
        let divided = divided.collect::<Result<Vec<_>, _>>().map_err(one)?;
        // A row that is not there may be why parts do not add up.
        let rejected = chunks.reject_notes(&stats);
        let files = chunks.reports(&stats);
        let (cells, checked) = self.check_totals(source, batches, &files, &rejected)?;
        let cells = self.change_cells(source, plan, cells, &running, &mut reports)?;
        let checks = running.finish(&|| self.run.cancel.check()).map_err(one)?;
        let mut steps = reports.into_vec();
        // Cells are corrected before they are divided and checked.
        let others = steps.split_off(plan.corrections());
        steps.extend(divided.into_iter().chain([checked]).chain(others));
        let cells = cells.with_wholes(self.wholes(source)).with_rejected(stats.rejected());
        self.put_cells(source, &cells, &rejected)?;
        let mut records = self.release.records(&source.name);
        let written = records.add_cells(&cells).and_then(|()| records.finish()).map_err(one)?;
        Ok(ReadSource { stats, steps, checks, written: written.rows })
    }

    /// All chunks, one after another: cells are few.
    fn read_cells(
        &mut self,
        source: &Source,
        chunks: &Chunks,
        bytes: u64,
        checks: &RunningChecks<'_>,
    ) -> Result<(Vec<RecordBatch>, IngestStats), Diagnostic> {
        let name = format!("reading {}", source.name);
        let progress = self.run.observer.stage(&Stage { name: &name, total: bytes, unit: Unit::Bytes });
        let mut batches = Vec::new();
        let mut stats = IngestStats::default();
        let mut rows = 0;
        while let Some(raw) = chunks.read()? {
            self.run.cancel.check()?;
            let chunk = chunks.parse(raw)?;
            self.rejects.add(&source.name, &chunk.rejects)?;
            stats.merge(chunk.stats);
            checks.add(CheckedRows::AsRead, chunk.number, &chunk.batch)?;
            let batch = chunk.batch;
            batches.push(if checks.need_places() { batch } else { without_places(batch) });
            rows += chunk.read;
            progress.advance(rows, chunk.bytes_read);
        }
        progress.finish();
        // Before they are compared: cells that only an undeclared dimension tells apart would seem to be there twice.
        chunks.finish(&stats)?;
        if batches.is_empty() {
            batches.push(chunks.without_rows()?);
        }
        Ok((batches, stats))
    }

    /// Drops what is there twice, and compares totals with their parts. `rejected` is said beside what does not fit.
    fn check_totals(
        &mut self,
        source: &Source,
        batches: Vec<RecordBatch>,
        files: &[FileReport],
        rejected: &[String],
    ) -> Result<(Cells, StepReport), Faults> {
        let (cells, report) = Cells::read(source, batches).map_err(|faults| {
            let explained = |fault| {
                rejected.iter().cloned().fold(warnings::in_files(fault, source, files), Diagnostic::note)
            };
            faults.into_iter().map(explained).collect::<Faults>()
        })?;
        self.judge_likely_totals(source, &report.likely_totals)?;
        Ok((cells, step_report(&report)))
    }

    /// Says which values seem to be totals of others, and stops where one would be added to its parts.
    fn judge_likely_totals(&mut self, source: &Source, totals: &[LikelyTotal]) -> Result<(), Faults> {
        let is_said = |name: &str| source.column(name).is_some_and(|column| !column.compare);
        let is_known = |total: &&LikelyTotal| total.values.iter().any(|(column, _)| is_said(column));
        let totals: Vec<&LikelyTotal> = totals.iter().filter(|total| !is_known(total)).collect();
        let mut told: Faults = totals.iter().map(|total| warnings::likely_total(source, total)).collect();
        let is_added = |total: &&LikelyTotal| {
            total.is_certain() && total.values.iter().any(|(column, _)| source.additive.is_over(column))
        };
        if totals.iter().any(is_added) {
            for fault in &mut told {
                fault.severity = Severity::Error;
                fault.help = fault.help.take().map(|help| {
                    format!("{help}; where it is none of them, `compare = false` in the column says so")
                });
            }
            return Err(told);
        }
        self.warn(told);
        Ok(())
    }

    /// Brings cells through the steps of their source, and the checks behind these.
    fn change_cells(
        &self,
        source: &Source,
        plan: &Plan,
        cells: Cells,
        checks: &RunningChecks<'_>,
        reports: &mut StepReports,
    ) -> Result<Cells, Faults> {
        let pipeline = &self.run.project.pipeline;
        let operations = || pipeline.steps_of(source).map(|(_, step)| &step.operation);
        if operations().next().is_none() && !checks.need_places() {
            return Ok(cells);
        }
        let recoded: Vec<&str> =
            operations().flat_map(|operation| operation.recoded()).map(String::as_str).collect();
        let apart: Vec<&str> = operations().filter_map(|operation| operation.tells_apart()).collect();
        let change = |number, batch| {
            let batch = plan.rows(batch, reports)?;
            checks.add(CheckedRows::AsReleased, number, &batch)?;
            Ok(without_places(batch))
        };
        cells.changed(&pipeline.as_changed(source), &pipeline.schema_of(source), &recoded, &apart, change)
    }

    /// What the references of code lists say of the columns over which cells may be added up.
    fn wholes(&self, source: &Source) -> BTreeMap<String, Wholes> {
        let schema = self.run.project.pipeline.schema_of(source);
        let list = |column: &str| {
            let name = schema.get(column)?.codelist.as_ref()?;
            self.lists.iter().find(|list| list.name == *name)
        };
        let columns = source.columns.iter().map(|column| &column.name);
        let added = columns.filter(|name| source.additive.is_over(name));
        added.filter_map(|name| Some((name.clone(), Wholes::of(list(name)?)))).collect()
    }
}

/// Mends known faults of the values, before anything is made of them.
fn correct(batches: &mut [RecordBatch], plan: &Plan, reports: &mut StepReports) -> Result<(), Faults> {
    for batch in batches {
        *batch = plan.correct_cells(batch.clone(), reports).map_err(one)?;
    }
    expected(plan, reports)
}

/// Divides cells by weights.
fn split(batches: &mut [RecordBatch], weights: &Weights) -> Result<StepReport, Diagnostic> {
    let mut step = StepReport::new(&format!("split {}", weights.column));
    for batch in batches {
        step.read += batch.num_rows() as u64;
        let (divided, more) = split_cells(batch, weights)?;
        step.made += more;
        *batch = divided;
    }
    Ok(step)
}

/// The comparison of totals as a step, for it leaves out cells.
fn step_report(report: &CellReport) -> StepReport {
    let mut step = StepReport::new("check_cells");
    step.read = report.read;
    step.excluded = report.repeated;
    for (dimension, count) in &report.compared {
        step.count(&format!("totals_compared_{dimension}"), *count);
    }
    for (dimension, count) in &report.within_tolerance {
        step.count(&format!("totals_within_tolerance_{dimension}"), *count);
    }
    step
}
