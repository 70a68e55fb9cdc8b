//! The counts of tables: each is complete when the last of its sources has given its part.

use std::collections::BTreeMap;

use denizen_aggregate::{Cells, CellsOfSource, LikelyTotal, Tabulation, put_together};
use denizen_spec::{Diagnostic, Measure, Severity, Source, TableId};

use super::{Assembly, Faults, one, warnings};
use crate::run::internal;

impl Assembly<'_> {
    /// Keeps what was counted of the records of a source: its tables, and behind them those in which totals are looked for.
    pub(super) fn put_records(&mut self, source: &Source, mut tables: Vec<Tabulation>) -> Result<(), Faults> {
        let ids: Vec<TableId> = self.run.project.pipeline.tables_of(source).map(|(id, _)| id).collect();
        let searched = tables.split_off(ids.len().min(tables.len()));
        self.warn(likely_totals(source, searched)?);
        if ids.len() != tables.len() {
            return Err(one(internal(format!("`{}` has other tables than were counted", source.name))));
        }
        let mut warnings = Vec::new();
        // Of intervals, whose ends are the tables after that of their estimate.
        let mut ends = Vec::new().into_iter();
        let pipeline = &self.run.project.pipeline;
        for (id, tabulation) in ids.into_iter().zip(tables) {
            let table = &pipeline.tables[id.index()];
            let sources = pipeline.sources_of(table).len();
            let Some(tabulation) = self.waiting.with_records(id, tabulation, sources) else { continue };
            let outside = tabulation.outside_period();
            if !matches!(table.measure, Measure::Beside(..)) {
                warnings.extend(warnings::outside_period(table, outside, "record"));
            }
            let made = if tabulation.is_end_of_interval() { ends.next() } else { None };
            let mut counts = made.map_or_else(|| tabulation.finish().map_err(one), Ok)?;
            let taken = counts.take_ends();
            if !taken.is_empty() {
                ends = taken.into_iter();
            }
            counts.flag_provisional(table, pipeline).map_err(one)?;
            self.counts.insert(id, counts);
        }
        self.warn(warnings);
        Ok(())
    }

    /// Keeps the cells that the tables of a source take. `rejected` is said beside sums that are not complete.
    pub(super) fn put_cells(
        &mut self,
        source: &Source,
        cells: &Cells,
        rejected: &[String],
    ) -> Result<(), Faults> {
        let pipeline = &self.run.project.pipeline;
        let mut warnings = Vec::new();
        for fault in pipeline.tables_of(source).filter_map(|(_, table)| cells.incomplete_sums(table)) {
            let fault = rejected.iter().cloned().fold(fault, Diagnostic::note);
            if fault.severity == Severity::Error {
                return Err(one(fault));
            }
            warnings.push(fault);
        }
        for (_, table) in pipeline.tables_of(source) {
            warnings.extend(cells.stocks_below_zero(table).map_err(one)?);
            warnings.extend(cells.sums_without_parts(table).map_err(one)?);
            warnings.extend(cells.sums_without_codes(table).map_err(one)?);
            // Of several sources another one may have the total.
            if let [_] = pipeline.sources_of(table).as_slice() {
                warnings.extend(cells.cells_without_total(table).map_err(one)?);
            }
        }
        for (id, table) in pipeline.tables_of(source) {
            let sources = pipeline.sources_of(table).len();
            let mut counts = if sources > 1 {
                let share = cells.share(table).map_err(one)?;
                let Some(shares) = self.waiting.with_cells(id, share, sources) else { continue };
                let (counts, partial) = put_together(table, shares).map_err(one)?;
                warnings.extend(partial);
                counts
            } else {
                cells.counts(table).map_err(one)?
            };
            let outside = counts.keep_period(table, pipeline).map_err(one)?;
            warnings.extend(warnings::outside_period(table, outside as i64, "cell"));
            self.counts.insert(id, counts);
        }
        self.warn(warnings);
        Ok(())
    }
}

/// What seems to be a total in any of some tabulations, each once.
fn likely_totals(source: &Source, searched: Vec<Tabulation>) -> Result<Vec<Diagnostic>, Faults> {
    let mut likely: Vec<LikelyTotal> = Vec::new();
    for tabulation in searched {
        for total in tabulation.likely_totals().map_err(one)? {
            let is_known = likely.iter().any(|known| known.values == total.values);
            likely.extend((!is_known).then_some(total));
        }
    }
    Ok(likely.iter().map(|total| warnings::likely_total(source, total)).collect())
}

/// What some of the sources of tables have given, while it waits for that of the others.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<TableId, Shares>);

/// What some of the sources of a table have given.
#[derive(Default)]
struct Shares {
    /// The records of those that are counted, and how many these are.
    records: Option<Tabulation>,
    counted: usize,
    cells: Vec<CellsOfSource>,
}

impl Waiting {
    /// Adds the records of one of the sources of a table; gives back those of all of them when the last one has come.
    fn with_records(&mut self, table: TableId, records: Tabulation, sources: usize) -> Option<Tabulation> {
        let shares = self.0.entry(table).or_default();
        shares.counted += 1;
        match &mut shares.records {
            Some(known) => known.merge(records),
            None => shares.records = Some(records),
        }
        if shares.counted < sources { None } else { self.0.remove(&table)?.records }
    }

    /// Adds the cells of one of the sources of a table; gives back those of all of them when the last one has come.
    fn with_cells(
        &mut self,
        table: TableId,
        cells: CellsOfSource,
        sources: usize,
    ) -> Option<Vec<CellsOfSource>> {
        let shares = self.0.entry(table).or_default();
        shares.cells.push(cells);
        if shares.cells.len() < sources { None } else { Some(self.0.remove(&table)?.cells) }
    }
}
