//! `spells`: permits become spells, so that every day of a person has one permit at most.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, make_comparator};
use arrow::compute::{SortOptions, nullif};
use arrow::datatypes::Date32Type;
use denizen_residence::{LAST_DAY, PermitSpells, Permits, Span, ranked_spells};
use denizen_spec::{Diagnostic, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::{Holders, count_rows, reasons, rows_of};
use crate::operations::permits::program;

/// The number of a reason that is not stated; those that are count from 0.
const NOT_STATED: u32 = u32::MAX;

pub(crate) struct Spells {
    declared: denizen_spec::Spells,
    minimum_length: Span,
}

impl Spells {
    pub(crate) fn new(
        declared: &denizen_spec::Spells,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let minimum_length =
            declared.minimum_length().ok_or_else(|| context.unknown_rule("minimum_length"))?;
        Ok(Self { declared: declared.clone(), minimum_length })
    }
}

impl Operation for Spells {
    fn name(&self) -> String {
        "spells".to_owned()
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let holders = Holders::new(&batch, &self.declared.records, self.minimum_length)?;
        holders.count(report);
        let (records, precedence) = (&self.declared.records, &self.declared.precedence);
        let ranks = holders.ranks(&batch, records, precedence)?;
        // A reason that is not stated is one of its own: a spell says of no day a reason that nobody stated.
        let of_rows = reasons(&batch, records)?;
        let own: Vec<u32> =
            holders.rows.iter().map(|row| of_rows[*row as usize].unwrap_or(NOT_STATED)).collect();
        let permits = Permits { reasons: &own, ..holders.permits() };
        let spells = ranked_spells(&permits, &ranks, Span::Days(0)).map_err(program)?;
        let counts = spells.counts;
        report.count("permits_covered_by_others", counts.covered);
        report.count("spells", counts.spells);
        let members = members(&holders, &permits, &spells);
        let made = self.rows(&batch, &members, report)?;
        let from = spells.valid_from.iter().copied().map(Some);
        let to = spells.valid_to.iter().map(|to| Some(*to).filter(|to| *to < LAST_DAY));
        let column = |days: Vec<Option<i32>>| -> ArrayRef {
            Arc::new(batch::primitive::<Date32Type>(days.into_iter()))
        };
        let [first, last] = columns::SPELL;
        let made = batch::with_column(made, first, column(from.collect()))?;
        Ok(batch::with_column(made, last, column(to.collect()))?)
    }
}

impl Spells {
    /// A row for each spell, of what all its permits state alike: what differs among them would be taken for days on which it did not
    /// hold, and is not stated.
    fn rows(
        &self,
        batch: &RecordBatch,
        members: &[(usize, u32)],
        report: &mut StepReport,
    ) -> Result<RecordBatch> {
        let spells: Vec<&[(usize, u32)]> = members.chunk_by(|one, other| one.0 == other.0).collect();
        let rows: Vec<u32> = spells.iter().map(|members| members[0].1).collect();
        count_rows(report, batch.num_rows(), &rows);
        let made = rows_of(batch, &UInt32Array::from(rows))?;
        let mut is_mixed = vec![false; spells.len()];
        let mut columns = Vec::with_capacity(made.num_columns());
        for ((field, column), array) in
            batch.schema().fields().iter().zip(batch.columns()).zip(made.columns())
        {
            let compare = make_comparator(column, column, SortOptions::default())?;
            let is_one = |pair: &[(usize, u32)]| compare(pair[0].1 as usize, pair[1].1 as usize).is_eq();
            let differs: Vec<bool> = spells.iter().map(|members| !members.windows(2).all(is_one)).collect();
            // The days of the permits are told by those of the spell.
            if ![&self.declared.records.first, &self.declared.records.last].contains(&field.name()) {
                is_mixed.iter_mut().zip(&differs).for_each(|(is_mixed, differs)| *is_mixed |= differs);
            }
            columns.push(nullif(array, &BooleanArray::from(differs))?);
        }
        report.count(
            "spells_of_permits_that_differ",
            is_mixed.iter().filter(|is_mixed| **is_mixed).count() as u64,
        );
        let options = RecordBatchOptions::new().with_row_count(Some(made.num_rows()));
        RecordBatch::try_new_with_options(made.schema(), columns, &options)
    }
}

/// The permits of each spell, which have its reason and a day in common with it: spell and row of the batch, in this order.
fn members(holders: &Holders, permits: &Permits<'_>, spells: &PermitSpells) -> Vec<(usize, u32)> {
    let mut members = Vec::with_capacity(holders.rows.len());
    for (person, start) in spells.person_starts.iter().enumerate() {
        let end = spells.person_starts.get(person + 1).copied().unwrap_or(spells.reasons.len());
        for permit in holders.of(person) {
            let met =
                start + spells.valid_to[*start..end].partition_point(|to| *to < holders.valid_from[permit]);
            let in_common =
                (met..end).take_while(|spell| spells.valid_from[*spell] <= holders.valid_to[permit]);
            let own = in_common.filter(|spell| spells.reasons[*spell] == permits.reasons[permit]);
            members.extend(own.map(|spell| (spell, holders.rows[permit])));
        }
    }
    members.sort_unstable();
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows, step};

    fn shown(more: &str, table: &str) -> (RecordBatch, StepReport) {
        let step = step(&format!(
            "op = 'spells'\nfirst = 'first'\nlast = 'last'\nextracted = 2021-12-31\nreason = 'reason'\n{more}"
        ));
        let denizen_spec::Operation::Spells(declared) = step else { panic!("no spells") };
        let spells = Spells { minimum_length: declared.minimum_length().unwrap(), declared: *declared };
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let records = batch("person:person first:day last:day reason type citizen:day", &table);
        let mut report = StepReport { read: records.num_rows() as u64, ..StepReport::new("spells") };
        let made = spells.apply(records, &mut report).unwrap();
        (made, report)
    }

    /// For work from 2015 on, interrupted in the second half of 2016 by protection, which takes precedence; two that overlap are one.
    #[test]
    fn every_day_has_one_permit() {
        let table = "
            a 2015-01-01 2016-03-31 work   - -
            a 2016-03-01 2017-12-31 work   - -
            a 2016-07-01 2016-12-31 asylum - -
            a 2016-08-01 2016-09-30 study  - -
            b 2015-01-01 2015-01-31 work   - -
            - 2015-01-01 2015-12-31 work   - -";
        let (made, report) = shown("precedence = ['asylum', 'work']\nminimum_length = '3 months'", table);
        assert_eq!(
            rows(&made.project(&[0, 3, 6, 7]).unwrap()),
            "a work 2015-01-01 2016-06-30 | a asylum 2016-07-01 2016-12-31 | a work 2017-01-01 2017-12-31"
        );
        assert_eq!(report.accepted(), Some(3));
    }

    /// By hand: what a's first permit does not state is no study; b is a term one for half of the days; c's two permits agree, and so
    /// do those of d, of which another one interrupts the second.
    #[test]
    fn a_spell_states_what_all_its_permits_state() {
        let table = "
            a 2015-01-01 2015-06-30 -      term 2016-01-01
            a 2015-07-01 2016-12-31 study  term 2016-01-01
            b 2015-01-01 2015-12-31 work   term -
            b 2016-01-01 2016-12-31 work   long 2016-01-01
            c 2015-01-01 2015-12-31 work   long -
            c 2015-07-01 2016-12-31 work   long -
            d 2015-01-01 2015-12-31 work   term -
            d 2016-01-01 2016-12-31 work   term -
            d 2016-04-01 2016-06-30 asylum long -
            e 2015-01-01 2015-12-31 -      term -
            e 2016-01-01 2016-12-31 -      term -";
        let (made, report) = shown("precedence = ['asylum']", table);
        let expected = "
            a -      2015-06-30 term 2016-01-01 2015-01-01 2015-06-30
            a study  2016-12-31 term 2016-01-01 2015-07-01 2016-12-31
            b work   -          -    -          2015-01-01 2016-12-31
            c work   -          long -          2015-01-01 2016-12-31
            d work   -          term -          2015-01-01 2016-03-31
            d asylum 2016-06-30 long -          2016-04-01 2016-06-30
            d work   2016-12-31 term -          2016-07-01 2016-12-31
            e -      -          term -          2015-01-01 2016-12-31";
        let words = |table: &str| table.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let found = rows(&made.project(&[0, 3, 2, 4, 5, 6, 7]).unwrap()).replace(" | ", " ");
        assert_eq!(words(&found), words(expected));
        let differ = ("spells_of_permits_that_differ".to_owned(), 1);
        assert!(report.counts.contains(&differ), "{:?}", report.counts);
    }

    /// The declared precedence first; where it is silent, long-term residence before others, and then the earlier permit.
    #[test]
    fn long_term_permits_come_before_equal_ones() {
        let table = "
            f 2015-01-01 -          work   lt   -
            f 2016-01-01 2016-12-31 family term -
            g 2015-01-01 2016-12-31 study  term -
            g 2016-01-01 -          work   lt   -";
        let (made, _) = shown("long_term = { type = 'lt' }\nprecedence = ['family']", table);
        assert_eq!(
            rows(&made.project(&[0, 3, 6, 7]).unwrap()),
            "f work 2015-01-01 2015-12-31 | f family 2016-01-01 2016-12-31 | f work 2017-01-01 - | \
             g study 2015-01-01 2015-12-31 | g work 2016-01-01 -"
        );
    }
}
