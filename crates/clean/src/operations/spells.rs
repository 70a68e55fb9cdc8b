//! `spells`: permits become spells, so that every day of a person has one permit at most.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::datatypes::Date32Type;
use denizen_residence::{LAST_DAY, PermitSpells, Span, SpellRule, permit_spells};
use denizen_spec::{Diagnostic, StepReport, columns};

use crate::batch;
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::{Holders, count_rows, ranks, rows_of};
use crate::operations::permits::program;

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
        // The rule knows reasons by number: the number of each in the list of those that take precedence.
        let ranks = ranks(&batch, &self.declared.records, &self.declared.precedence)?;
        let mut precedence: Vec<(u32, u32)> = holders
            .rows
            .iter()
            .zip(&holders.reasons)
            .map(|(row, reason)| (ranks[*row as usize], *reason))
            .collect();
        precedence.sort_unstable();
        precedence.dedup();
        let last = self.declared.precedence.len() as u32;
        let listed = precedence.iter().filter(|(rank, _)| *rank < last);
        let listed: Vec<u32> = listed.map(|(_, reason)| *reason).collect();
        let rule = SpellRule { minimum_length: Span::Days(0), precedence: &listed };
        let spells = permit_spells(&holders.permits(), &rule).map_err(program)?;
        let counts = spells.counts;
        report.count("permits_covered_by_others", counts.covered);
        report.count("spells", counts.spells);
        let rows: Vec<u32> =
            first_permits(&holders, &spells).iter().map(|permit| holders.rows[*permit]).collect();
        count_rows(report, batch.num_rows(), &rows);
        let made = rows_of(&batch, &UInt32Array::from(rows))?;
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

/// Of each spell, the first permit of its reason that is valid on its first day.
fn first_permits(holders: &Holders, spells: &PermitSpells) -> Vec<usize> {
    let mut permits = Vec::with_capacity(spells.reasons.len());
    for (person, start) in spells.person_starts.iter().enumerate() {
        let end = spells.person_starts.get(person + 1).copied().unwrap_or(spells.reasons.len());
        for spell in *start..end {
            let day = spells.valid_from[spell];
            let is_it = |permit: &usize| {
                holders.reasons[*permit] == spells.reasons[spell]
                    && (holders.valid_from[*permit]..=holders.valid_to[*permit]).contains(&day)
            };
            permits.extend(holders.of(person).find(is_it));
        }
    }
    permits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows, step};

    /// For work from 2015 on, interrupted in the second half of 2016 by protection, which takes precedence; two that overlap are one.
    #[test]
    fn every_day_has_one_permit() {
        let table = "a 2015-01-01 2016-03-31 work | a 2016-03-01 2017-12-31 work | a 2016-07-01 2016-12-31 asylum | \
                     a 2016-08-01 2016-09-30 study | b 2015-01-01 2015-01-31 work | - 2015-01-01 2015-12-31 work";
        let step = step(
            "op = 'spells'\nfirst = 'first'\nlast = 'last'\nextracted = 2021-12-31\nreason = 'reason'\n\
             precedence = ['asylum', 'work']\nminimum_length = '3 months'",
        );
        let denizen_spec::Operation::Spells(declared) = step else { panic!("no spells") };
        let spells = Spells { minimum_length: declared.minimum_length().unwrap(), declared: *declared };
        let records = batch("person:person first:day last:day reason", table);
        let mut report = StepReport { read: 6, ..StepReport::new("spells") };
        let made = spells.apply(records, &mut report).unwrap();
        assert_eq!(
            rows(&made.project(&[0, 3, 4, 5]).unwrap()),
            "a work 2015-01-01 2016-06-30 | a asylum 2016-07-01 2016-12-31 | a work 2017-01-01 2017-12-31"
        );
        assert_eq!(report.accepted(), Some(3));
    }
}
