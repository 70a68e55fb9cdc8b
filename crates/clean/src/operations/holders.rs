//! The permits in a batch, as columns of whole persons for the rules on permits.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use denizen_residence::{FIRST_DAY, LAST_DAY, NO_REASON, Permits, Span};
use denizen_spec::{Date, PSEUDONYM_BYTES, PermitRecords, StepReport};

use crate::batch::{self, Result};
use crate::gather::gather;

/// Why a record is no permit for a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOut {
    NoPerson,
    NoValidity,
    EndsBeforeItBegins,
    AfterExtraction,
    TooShort,
}

impl LeftOut {
    pub(super) const ALL: [Self; 5] =
        [Self::NoPerson, Self::NoValidity, Self::EndsBeforeItBegins, Self::AfterExtraction, Self::TooShort];

    /// The code in columns.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::NoPerson => "no_person",
            Self::NoValidity => "no_validity",
            Self::EndsBeforeItBegins => "ends_before_it_begins",
            Self::AfterExtraction => "after_extraction",
            Self::TooShort => "too_short",
        }
    }

    /// What is counted in the report of the step.
    const fn count(self) -> &'static str {
        match self {
            Self::NoPerson => "rows_without_person",
            Self::NoValidity => "rows_without_validity",
            Self::EndsBeforeItBegins => "rows_that_end_before_they_begin",
            Self::AfterExtraction => "rows_that_begin_after_the_extraction",
            Self::TooShort => "rows_that_are_too_short",
        }
    }
}

/// The permits of a batch.
pub(super) struct Holders {
    /// For each row of the batch, why it is none of the permits, if it is not.
    pub(super) left_out: Vec<Option<LeftOut>>,
    /// The row of the batch of each permit: persons in the order of the batch, the permits of each by their first days.
    pub(super) rows: Vec<u32>,
    pub(super) person_starts: Vec<usize>,
    pub(super) valid_from: Vec<i32>,
    /// The last day; that of the calendar where a permit is valid without end.
    pub(super) valid_to: Vec<i32>,
    pub(super) reasons: Vec<u32>,
    pub(super) long_term: Vec<bool>,
}

impl Holders {
    pub(super) fn new(batch: &RecordBatch, of: &PermitRecords, minimum_length: Span) -> Result<Self> {
        let persons = batch::pseudonyms(batch, &of.person)?;
        let (first, last) = (batch::days(batch, &of.first)?, batch::days(batch, &of.last)?);
        let long_term = long_term(batch, of)?;
        let extracted = of.extracted.days().unwrap_or(LAST_DAY);
        let rows = batch.num_rows();
        let mut holders = Self {
            left_out: Vec::with_capacity(rows),
            rows: Vec::with_capacity(rows),
            person_starts: Vec::new(),
            valid_from: Vec::with_capacity(rows),
            valid_to: Vec::with_capacity(rows),
            reasons: Vec::new(),
            long_term: Vec::with_capacity(rows),
        };
        let mut last_person = None;
        let days = first.iter().zip(last.iter());
        for (row, ((person, (from, to)), is_long)) in (0_u32..).zip(persons.iter().zip(days).zip(long_term)) {
            let person = person.and_then(<[u8]>::first_chunk::<PSEUDONYM_BYTES>);
            // Only a permit for long-term residence may lack its last day.
            let to = to.or(is_long.then_some(LAST_DAY));
            let (Some(person), Some(from), Some(to)) = (person, from, to) else {
                let why = if person.is_none() { LeftOut::NoPerson } else { LeftOut::NoValidity };
                holders.left_out.push(Some(why));
                continue;
            };
            let why = why_not(from, to, extracted, minimum_length);
            holders.left_out.push(why);
            if why.is_some() {
                continue;
            }
            if last_person != Some(person) {
                holders.person_starts.push(holders.rows.len());
                last_person = Some(person);
            }
            holders.rows.push(row);
            holders.valid_from.push(from);
            holders.valid_to.push(to);
            holders.long_term.push(is_long);
        }
        holders.put_in_order(batch, of)?;
        // Without a column of reasons all are for one.
        let unstated = if of.reason.is_some() { NO_REASON } else { 0 };
        let of_rows = reasons(batch, of)?;
        holders.reasons = holders.rows.iter().map(|row| of_rows[*row as usize].unwrap_or(unstated)).collect();
        Ok(holders)
    }

    pub(super) fn permits(&self) -> Permits<'_> {
        Permits {
            person_starts: &self.person_starts,
            valid_from: &self.valid_from,
            valid_to: &self.valid_to,
            reasons: &self.reasons,
        }
    }

    /// The permits of a person.
    pub(super) fn of(&self, person: usize) -> std::ops::Range<usize> {
        let end = self.person_starts.get(person + 1).copied().unwrap_or(self.rows.len());
        self.person_starts[person]..end
    }

    /// Permits of a person that begin on one day: the one that ends last first, then one for long-term residence, then by the codes of
    /// their reasons, so that the order of the rows in a file decides nothing.
    fn put_in_order(&mut self, batch: &RecordBatch, of: &PermitRecords) -> Result<()> {
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for person in 0..self.person_starts.len() {
            let permits = self.of(person);
            let days = &self.valid_from[permits.clone()];
            let mut start = permits.start;
            for run in days.chunk_by(|one, other| one == other) {
                runs.extend((run.len() > 1).then(|| start..start + run.len()));
                start += run.len();
            }
        }
        if runs.is_empty() {
            return Ok(());
        }
        let codes = of.reason.as_ref().map(|reason| batch::words(batch, reason));
        let codes = codes.transpose()?.map(|words| words.map(|word| word));
        let code = |row: u32| codes.as_ref().and_then(|codes| codes[row as usize]);
        for run in runs {
            let mut order: Vec<(i32, bool, u32)> = run
                .clone()
                .map(|permit| (self.valid_to[permit], self.long_term[permit], self.rows[permit]))
                .collect();
            // A reason that is not stated comes last.
            order.sort_by_key(|(to, is_long, row)| {
                (Reverse((*to, *is_long)), code(*row).is_none(), code(*row))
            });
            for (permit, (to, is_long, row)) in run.zip(order) {
                (self.valid_to[permit], self.long_term[permit], self.rows[permit]) = (to, is_long, row);
            }
        }
        Ok(())
    }

    /// Which of several permits is held on a day: the rank of each, the least first. The declared precedence of reasons decides, and
    /// of equal ones a permit for long-term residence comes before others; reasons that are not listed, or not stated, come last.
    pub(super) fn ranks(
        &self,
        batch: &RecordBatch,
        of: &PermitRecords,
        precedence: &[String],
    ) -> Result<Vec<u32>> {
        let of_rows = ranks(batch, of, precedence)?;
        let permits = self.rows.iter().zip(&self.long_term);
        Ok(permits.map(|(row, is_long)| 2 * of_rows[*row as usize] + u32::from(!is_long)).collect())
    }

    /// Counts the persons, and the rows that are none of the permits.
    pub(super) fn count(&self, report: &mut StepReport) {
        report.count("persons", self.person_starts.len() as u64);
        for why in LeftOut::ALL {
            let rows = self.left_out.iter().filter(|left_out| **left_out == Some(why)).count();
            report.count(why.count(), rows as u64);
        }
    }

    /// Values of the permits at their places among all rows of the batch.
    pub(super) fn spread<T: Copy>(&self, values: &[T]) -> impl Iterator<Item = Option<T>> + use<T> {
        let mut of_rows = vec![None; self.left_out.len()];
        for (row, value) in self.rows.iter().zip(values) {
            of_rows[*row as usize] = Some(*value);
        }
        of_rows.into_iter()
    }
}

fn why_not(from: i32, to: i32, extracted: i32, minimum_length: Span) -> Option<LeftOut> {
    let is_possible = |day| (FIRST_DAY..=LAST_DAY).contains(&day);
    match () {
        () if !is_possible(from) || !is_possible(to) => Some(LeftOut::NoValidity),
        () if to < from => Some(LeftOut::EndsBeforeItBegins),
        () if from > extracted => Some(LeftOut::AfterExtraction),
        () if minimum_length.after(from) > to.saturating_add(1) => Some(LeftOut::TooShort),
        () => None,
    }
}

/// Whether each row is a permit for long-term residence.
fn long_term(batch: &RecordBatch, of: &PermitRecords) -> Result<Vec<bool>> {
    let mut is_long = vec![!of.long_term.is_empty(); batch.num_rows()];
    for (column, codes) in &of.long_term {
        let meets = batch::words(batch, column)?.map(|word| codes.iter().any(|code| code == word));
        is_long.iter_mut().zip(meets).for_each(|(is_long, meets)| *is_long &= meets == Some(true));
    }
    Ok(is_long)
}

/// The reason of each row of the batch, by number.
pub(super) fn reasons(batch: &RecordBatch, of: &PermitRecords) -> Result<Vec<Option<u32>>> {
    let Some(reason) = &of.reason else { return Ok(vec![None; batch.num_rows()]) };
    let known = RefCell::new(HashMap::new());
    let number = |word| {
        let mut known = known.borrow_mut();
        let next = known.len() as u32;
        *known.entry(word).or_insert(next)
    };
    Ok(batch::words(batch, reason)?.map(number))
}

/// For each row of the batch, the rank of its reason: those that are listed first take precedence, and those that are not listed, or
/// not stated, come last.
fn ranks(batch: &RecordBatch, of: &PermitRecords, precedence: &[String]) -> Result<Vec<u32>> {
    let last = precedence.len() as u32;
    let Some(reason) = &of.reason else { return Ok(vec![0; batch.num_rows()]) };
    let rank =
        |word: &str| precedence.iter().position(|listed| listed == word).map_or(last, |rank| rank as u32);
    Ok(batch::words(batch, reason)?.map(rank).into_iter().map(|rank| rank.unwrap_or(last)).collect())
}

/// The rows of a batch that have these numbers.
pub(super) fn rows_of(batch: &RecordBatch, rows: &UInt32Array) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(|column| gather(column, rows));
    let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(batch.schema(), columns, &options)
}

/// Counts what became of the rows of a batch where `rows` are those that come out, some of them several times.
pub(super) fn count_rows(report: &mut StepReport, rows_in: usize, rows: &[u32]) {
    let mut is_there = vec![false; rows_in];
    rows.iter().for_each(|row| is_there[*row as usize] = true);
    let used = is_there.iter().filter(|is_there| **is_there).count();
    report.excluded += (rows_in - used) as u64;
    report.made += (rows.len() - used) as u64;
}

/// Reference dates as days.
pub(super) fn days_of(dates: &denizen_spec::ReferenceDates) -> Vec<i32> {
    dates.dates().filter_map(Date::days).collect()
}
