//! Cells that are added up over dimensions of theirs, where their source says that they may be.
//!
//! A sum is as weak as the weakest of its parts. Where a part is not there, be it missing or suppressed, the sum is not there
//! either: what is left would be a number that nobody counted. Cells that no row is about add nothing.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{Code, Diagnostic, Source, Table, columns};
use polars::prelude::*;

use super::Cells;
use super::absent::{AbsentParts, are_parts_of_years, are_times};
use crate::counts::{
    CONFIDENTIALITY, Counts, EXACT, NOTE, dimension, in_levels, index, indices, packed, text_column,
};
use crate::overlap::{Overlaps, Wholes, overlapping};
use crate::publish::confidentiality;
use crate::status::{Confidentiality, Status};
use crate::sums;
use crate::value::{Levels, Value};

/// Parts of a sum that are not there.
const OPEN: &str = "open";
/// Whether a part of a sum lies behind a break in its series.
const BREAK: &str = "break";
/// The same in all rows.
const EVERY: &str = "every";

impl Cells {
    /// The columns of the key that the table neither shows nor fixes at one code, over which its cells are added up.
    pub(super) fn summed(&self, table: &Table) -> Vec<usize> {
        let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
        let fixed = |name: &str| table.filter.iter().find(|(fixed, _)| fixed == name).map(|(_, codes)| codes);
        let is_summed = |name: &str| {
            let adds_up =
                self.source.column(name).is_some_and(|column| table.adds_up_over(&self.source, column));
            let is_open = !shown.contains(&name) && fixed(name).is_none_or(|codes| codes.len() > 1);
            // Several codes of the file that are one of ours stand side by side.
            columns::name_in_file(name).is_some() || adds_up && is_open && !self.derived.contains(name)
        };
        (0..self.key.len()).filter(|position| is_summed(&self.key[*position].0)).collect()
    }

    /// What is to be said where a table adds up cells of which some were rejected: which of the sums lack a part is not known. An
    /// error, unless the source allows it.
    pub fn incomplete_sums(&self, table: &Table) -> Option<Diagnostic> {
        let rejected = self.rejected;
        let is_of_several = |position: usize| {
            let (name, levels) = &self.key[position];
            let codes = columns::name_in_file(name).and_then(|name| self.position(name).ok());
            codes.is_none_or(|codes| levels.len() > self.key[codes].1.len())
        };
        let summed = self.summed(table).into_iter().filter(|position| is_of_several(*position));
        let summed = summed.map(|position| {
            let name = &self.key[position].0;
            columns::name_in_file(name).unwrap_or(name)
        });
        let totals = table.totals_of_cells(&self.source).into_iter();
        let totals = totals.map(|position| table.dimensions[position].as_str());
        let name = summed.chain(totals).next().filter(|_| rejected > 0)?;
        let source = &self.source.name;
        let rows = if rejected == 1 { "a row was" } else { "rows were" };
        let message =
            format!("`{}` adds cells of `{source}` up over `{name}`, of which {rows} rejected", table.name);
        let note = format!("rejected: {rejected}; a sum without them looks like one of all");
        if self.source.incomplete_sums {
            return Some(Diagnostic::warning(Code::IncompleteSum, message).note(note));
        }
        let help = format!(
            "mend what was rejected, give `{}` all dimensions of the cells and no `totals`, or allow it: \
             `incomplete_sums = true` in `[source.{source}]`",
            table.name
        );
        Some(Diagnostic::error(Code::IncompleteSum, message).note(note).help(help))
    }

    /// The cells at the published totals of dimensions that are left open, and added up over those that are additive: those that
    /// agree in all columns that are `kept` are one.
    ///
    /// What is added up must have all its parts: where a total was not published beside its parts, or parts not beside their
    /// total, they are missing and not nobody.
    pub(super) fn added_up(
        &self,
        frame: LazyFrame,
        table: &Table,
        kept: &[usize],
        over: &[usize],
    ) -> Result<LazyFrame, Box<dyn std::error::Error>> {
        let is_written = |position: &usize| columns::name_in_file(&self.key[*position].0).is_some();
        let (written, over): (Vec<usize>, Vec<usize>) = over.iter().copied().partition(is_written);
        let at_totals = self.at_totals(table);
        let mut left: Vec<usize> = (0..self.key.len())
            .filter(|position| {
                kept.contains(position) || over.contains(position) || at_totals.contains(position)
            })
            .collect();
        // What stands side by side for one code first, so that a total is met by one cell.
        let mut frame = if written.is_empty() {
            // What is fixed, or follows from what is not, tells no cells apart.
            frame.select(columns_of(&names(&left), self.texts.len()))
        } else {
            sum_by(frame, &names(&left), self.texts.len())?
        };
        let plain: Vec<usize> =
            over.iter().copied().filter(|position| !at_totals.contains(position)).collect();
        let with_total: Vec<usize> =
            left.iter().copied().filter(|position| self.has_total_to_meet(table, *position)).collect();
        for position in with_total.iter().copied().filter(|_| !over.is_empty()) {
            let others = names(&left.iter().copied().filter(|other| *other != position).collect::<Vec<_>>());
            // With two such dimensions, some totals could be of other parts than others.
            let is_summed = with_total.len() == 1 && self.adds_up_over(table, position);
            frame = self.with_all_totals(frame, position, &others, is_summed)?;
        }
        for position in &at_totals {
            let total = self.key[*position]
                .1
                .total()
                .map_or(lit(false), |total| col(dimension(*position)).eq(index(total)));
            frame = frame.filter(total);
            left.retain(|other| other != position);
        }
        for position in &plain {
            if let Some(absent) = self.absent_parts(table, *position)? {
                let others: Vec<usize> = left.iter().copied().filter(|other| other != position).collect();
                frame = absent.added_to(frame, &names(&others), missing(self.texts.len()))?;
            }
        }
        left.retain(|other| !plain.contains(other));
        if plain.is_empty() { Ok(frame) } else { sum_by(frame, &names(&left), self.texts.len()) }
    }

    /// The codes over which the cells of a table are added up, by column.
    pub(super) fn summed_codes(
        &self,
        table: &Table,
    ) -> Result<BTreeMap<String, BTreeSet<String>>, Box<dyn std::error::Error>> {
        let shown: Vec<&str> = table.dimensions.iter().map(|dimension| table.column_of(dimension)).collect();
        let summed = self.summed(table);
        let summed: Vec<usize> = summed
            .into_iter()
            .filter(|position| columns::name_in_file(&self.key[*position].0).is_none())
            .collect();
        if summed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let frame = self.chosen(table, &shown, &summed)?.collect()?;
        let mut codes = BTreeMap::new();
        for position in summed {
            let (name, levels) = &self.key[position];
            let met: BTreeSet<u32> = frame.column(&dimension(position))?.u32()?.iter().flatten().collect();
            let met = met.into_iter().filter_map(|index| levels.values().get(index as usize));
            codes.insert(name.clone(), met.filter(|value| value.is_detail()).map(Value::text).collect());
        }
        Ok(codes)
    }

    /// Codes over which cells are added up have nothing in common where they stand beside each other.
    pub(super) fn refuse_overlaps(
        &self,
        frame: &DataFrame,
        table: &Table,
        over: &[usize],
    ) -> Result<(), Box<dyn std::error::Error>> {
        for position in over.iter().copied() {
            let (name, levels) = &self.key[position];
            let written = columns::as_written(name);
            let others = self.key.iter().enumerate();
            let others = others.filter(|(other, (name, _))| *other != position && *name != written);
            let others: Vec<_> =
                others.map(|(other, (_, levels))| (dimension(other), levels.len())).collect();
            refuse_overlaps(frame, &table.name, name, (position, levels), &others, self.wholes.get(name))?;
        }
        Ok(())
    }

    fn adds_up_over(&self, table: &Table, position: usize) -> bool {
        let column = self.source.column(&self.key[position].0);
        column.is_some_and(|column| table.adds_up_over(&self.source, column))
    }

    /// The dimensions that the table takes at their published totals.
    pub(super) fn at_totals(&self, table: &Table) -> Vec<usize> {
        let is_at_total = |(name, _): &(String, Levels)| {
            let has_total = self.source.column(name).is_some_and(|column| column.total.is_some());
            let is_shown = table.dimensions.iter().any(|dimension| table.column_of(dimension) == name);
            let fixed = table.filter.iter().find(|(fixed, _)| fixed == name);
            let is_fixed_there =
                fixed.is_none_or(|(_, codes)| codes.iter().all(|code| code == columns::TOTAL));
            has_total && !is_shown && is_fixed_there
        };
        (0..self.key.len()).filter(|position| is_at_total(&self.key[*position])).collect()
    }

    /// Whether cells of the table are at the total of a dimension, or at parts that have one.
    fn has_total_to_meet(&self, table: &Table, position: usize) -> bool {
        let name = &self.key[position].0;
        let is_of_parts = table
            .filter
            .iter()
            .any(|(fixed, codes)| fixed == name && !codes.iter().any(|code| code == columns::TOTAL));
        // Of what is left where codes are left out, there is no total.
        let is_of_some = table.except.iter().any(|(left_out, _)| left_out == name);
        self.source.column(name).is_some_and(|column| column.total.is_some()) && !is_of_parts && !is_of_some
    }

    /// With a total for all cells that agree in everything else: their sum, or one that is missing. Where only the total was
    /// published, its parts are missing.
    fn with_all_totals(
        &self,
        frame: LazyFrame,
        position: usize,
        others: &[PlSmallStr],
        is_summed: bool,
    ) -> Result<LazyFrame, Box<dyn std::error::Error>> {
        let levels = &self.key[position].1;
        let Some(total) = levels.total() else { return Ok(frame) };
        let keys: Vec<Expr> = others.iter().cloned().map(col).collect();
        let without = |one: LazyFrame, other: &LazyFrame| {
            one.join(other.clone(), keys.clone(), keys.clone(), JoinArgs::new(JoinType::Anti))
        };
        let frame = frame.collect()?;
        let order: Vec<Expr> = frame.get_column_names().into_iter().cloned().map(col).collect();
        let is_total = || col(dimension(position)).eq(index(total));
        let totals = frame.clone().lazy().filter(is_total());
        let parts = frame.clone().lazy().filter(is_total().not());
        let sums = sum_by(without(parts.clone(), &totals), others, self.texts.len())?;
        let sums = if is_summed { sums } else { sums.with_columns(missing(self.texts.len())) };
        let sums = sums.with_column(index(total).alias(dimension(position)));
        let details =
            (0..).zip(levels.values()).filter(|(_, value)| value.is_detail()).map(|(index, _)| index);
        let details =
            DataFrame::new_infer_height(vec![indices(dimension(position), details.collect())])?.lazy();
        // Of nobody, all parts are nobody.
        let unparted = without(totals.filter(col(EXACT).neq_missing(lit(0_i64))), &parts);
        let every = || lit(0_i64).alias(EVERY);
        let unparted = unparted.drop(cols([dimension(position)])).with_column(every());
        let unparted = unparted.inner_join(details.with_column(every()), col(EVERY), col(EVERY));
        let unparted = unparted.with_columns(missing(self.texts.len()));
        let all = [frame.lazy(), sums.select(order.clone()), unparted.select(order)];
        Ok(concat(all, UnionArgs::default())?)
    }

    /// A stock is not added up over codes that are times: the same persons are there at each.
    pub(super) fn not_over_times(&self, table: &Table, over: &[usize]) -> Result<(), Diagnostic> {
        let is_stock = table.measure.name() == "stock";
        let is_of_times = |position: &&usize| {
            let (name, levels) = &self.key[**position];
            are_times(levels) || are_parts_of_years(name, levels)
        };
        let Some(position) = over.iter().find(is_of_times).filter(|_| is_stock) else { return Ok(()) };
        let name = &self.key[*position].0;
        let message = format!("`{}` would add up a stock over the times of `{name}`", table.name);
        let fault = Diagnostic::error(Code::OpenDimension, message);
        Err(fault
            .note("the same persons are there at each of them")
            .help(format!("add `{name}` to `dimensions`, or keep one with a step `filter`")))
    }
}

/// Flags sums of which some parts were rejected as of another definition: all cells where they were added up over a dimension, and
/// otherwise the totals that the table asks for.
pub(super) fn flag_incomplete(
    source: &Source,
    table: &Table,
    mut counts: Counts,
    all: bool,
) -> PolarsResult<Counts> {
    let totals = table.totals_of_cells(source).into_iter().map(|position| {
        let total = counts.dimensions[position].total();
        total.map_or(lit(false), |total| col(dimension(position)).eq(index(total)))
    });
    let is_sum = totals.fold(lit(all), Expr::or).and(col(EXACT).is_not_null());
    let flagged = col(NOTE).fill_null(lit(0_u32)).or(index(Status::DEFINITION_DIFFERS.bits()));
    let note = when(is_sum).then(flagged).otherwise(col(NOTE));
    counts.frame = counts.frame.lazy().with_column(note.alias(NOTE)).collect()?;
    Ok(counts)
}

/// Adds the totals over dimensions of cells that the table asks for, each of the totals over others too. `absent` are parts of years
/// that are not there, by dimension.
pub(super) fn with_totals(
    source: &Source,
    wholes: &BTreeMap<String, Wholes>,
    absent: &BTreeMap<usize, AbsentParts>,
    table: &Table,
    mut counts: Counts,
) -> Result<Counts, Box<dyn std::error::Error>> {
    for position in table.totals_of_cells(source) {
        let name = dimension(position);
        let levels = &counts.dimensions[position];
        let others = counts.dimensions.iter().enumerate().filter(|(other, _)| *other != position);
        let others = others.map(|(other, levels)| (dimension(other), levels.len()));
        let others: Vec<_> = others.chain([(crate::counts::CONCEPT.into(), counts.concepts.len())]).collect();
        let known = wholes.get(table.column_of(&table.dimensions[position]));
        let shown = &table.dimensions[position];
        refuse_overlaps(&counts.frame, &table.name, shown, (position, levels), &others, known)?;
        let with_total = Levels::new(levels.values().iter().cloned().chain([Value::total()]));
        let column = in_levels(counts.frame.column(&name)?, levels, &with_total)?;
        counts.frame.with_column(column)?;
        let others = (0..counts.dimensions.len()).filter(|other| *other != position).map(dimension);
        let others: Vec<PlSmallStr> = others.chain([crate::counts::CONCEPT.into()]).collect();
        let mut parts = counts.frame.clone().lazy();
        if let Some(absent) = absent.get(&position) {
            parts = absent.added_to(parts, &others, with_no_persons(counts.texts.len()))?;
        }
        let mut sums = sum_by(parts, &others, counts.texts.len())?.collect()?;
        let total = with_total.total().unwrap_or_default();
        sums.with_column(indices(name, vec![total; sums.height()]))?;
        let persons = no_persons();
        let order: Vec<Expr> = counts.frame.get_column_names().into_iter().cloned().map(col).collect();
        let sums = sums.lazy().with_column(persons).select(order);
        counts.frame = concat([counts.frame.lazy(), sums], UnionArgs::default())?.collect()?;
        counts.dimensions[position] = with_total;
    }
    Ok(counts)
}

/// Refuses to add up over codes that have something in common in rows that agree in all `others`. What is not there, or nobody,
/// is in no sum.
fn refuse_overlaps(
    frame: &DataFrame,
    table: &str,
    column: &str,
    (position, levels): (usize, &Levels),
    others: &[(PlSmallStr, usize)],
    wholes: Option<&Wholes>,
) -> Result<(), Box<dyn std::error::Error>> {
    let overlaps = Overlaps::new(levels, wholes);
    if overlaps.is_empty() {
        return Ok(());
    }
    let (groups, indices) = (packed(frame, others)?, frame.column(&dimension(position))?.u32()?);
    let values = frame.column(EXACT)?.i64()?.iter();
    let rows = groups.iter().zip(indices.iter()).zip(values);
    let counted = rows.filter(|(_, value)| value.is_some_and(|value| value != 0));
    let counted = counted.filter_map(|((group, index), _)| group.zip(index));
    match overlaps.met_in(counted) {
        None => Ok(()),
        Some(pair) => Err(Box::new(overlapping(table, column, levels, pair))),
    }
}

fn names(positions: &[usize]) -> Vec<PlSmallStr> {
    positions.iter().map(|position| dimension(*position)).collect()
}

/// Nothing is known of the value of a cell.
fn missing(texts: usize) -> Vec<Expr> {
    let none = || lit(NULL).cast(DataType::UInt32);
    let texts = (0..texts).map(|position| none().alias(text_column(position)));
    let exact = lit(NULL).cast(DataType::Int64).alias(EXACT);
    let note = index(Status::MISSING.bits()).alias(NOTE);
    [exact, note, none().alias(CONFIDENTIALITY)].into_iter().chain(texts).collect()
}

/// The same of a cell of a table, which is of no persons.
fn with_no_persons(texts: usize) -> Vec<Expr> {
    missing(texts).into_iter().chain([no_persons()]).collect()
}

fn no_persons() -> Expr {
    lit(NULL).cast(DataType::Int64).alias(crate::counts::PERSONS)
}

/// The sums of cells that agree in these columns.
fn sum_by(
    frame: LazyFrame,
    others: &[PlSmallStr],
    texts: usize,
) -> Result<LazyFrame, Box<dyn std::error::Error>> {
    let own = |status: Status| index(status.bits());
    let is_there = || col(EXACT).is_not_null();
    let free = confidentiality(Confidentiality::FREE);
    let is_free = col(CONFIDENTIALITY).fill_null(free.clone()).eq(free);
    let says_why = col(NOTE).gt_eq(own(Status::INCLUDED_ELSEWHERE)).fill_null(lit(false));
    let missing = when(is_free).then(own(Status::MISSING)).otherwise(own(Status::SUPPRESSED));
    // A part that is not there says so to the sum, be it only that it is missing.
    let note = when(is_there().or(says_why)).then(col(NOTE)).otherwise(missing);
    let frame = frame
        .with_columns([note.alias(NOTE), is_there().not().cast(DataType::UInt32).alias(OPEN)])
        .with_columns(sums::halves(EXACT));
    let text = |position: usize| {
        let name = text_column(position);
        let is_one = col(name.clone()).n_unique().eq(lit(1_u32));
        when(is_one).then(col(name.clone()).first()).otherwise(lit(NULL).cast(DataType::UInt32)).alias(name)
    };
    // A sum is as weak as its weakest part, and lies behind every break of one: growth must not be told across it.
    let is_break = col(NOTE).fill_null(lit(0_u32)).and(own(Status::BREAK)).max().alias(BREAK);
    let counted = [col(OPEN).sum(), col(NOTE).max(), is_break, col(CONFIDENTIALITY).max()];
    let aggregates = sums::added(EXACT).into_iter().chain(counted).chain((0..texts).map(text));
    let aggregates: Vec<Expr> = aggregates.collect();
    let groups = match others {
        [] => frame.select(aggregates),
        others => frame.group_by(others.iter().cloned().map(col).collect::<Vec<_>>()).agg(aggregates),
    };
    let sum =
        when(col(OPEN).eq(lit(0_u32))).then(sums::sum(EXACT)).otherwise(lit(NULL).cast(DataType::Int64));
    let is_behind = col(OPEN).eq(lit(0_u32)).and(col(BREAK).gt(lit(0_u32)));
    let note = when(is_behind).then(col(NOTE).or(own(Status::BREAK))).otherwise(col(NOTE));
    let groups = groups.with_columns([sum.alias(EXACT), note.alias(NOTE)]).collect()?;
    let open = groups.column(OPEN)?.u32()?.iter();
    if groups.column(EXACT)?.i64()?.iter().zip(open).any(|(sum, open)| sum.is_none() && open == Some(0)) {
        return Err(Box::new(Diagnostic::error(Code::TooMany, "cells add up to more than 64 bits hold")));
    }
    Ok(groups.lazy().select(columns_of(others, texts)))
}

/// Columns of the key, and those of the value.
fn columns_of(key: &[PlSmallStr], texts: usize) -> Vec<Expr> {
    let columns = key.iter().cloned().chain([EXACT.into(), NOTE.into(), CONFIDENTIALITY.into()]);
    columns.chain((0..texts).map(text_column)).map(col).collect()
}
