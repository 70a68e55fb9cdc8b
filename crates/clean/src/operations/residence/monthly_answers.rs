//! What the rule knew of a crossing at the end of its month and of each month after it, had the data ended there.
//!
//! Of a person without a missing crossing the day on which the answer was settled tells it. Where a crossing is found to be missing,
//! nothing was wrong before the row that shows it: such a history is cut at the end of each month and judged again.

use std::collections::HashMap;
use std::ops::Range;

use arrow::array::ArrayRef;
use arrow::error::ArrowError;
use denizen_residence::{
    Classification, Crossings, Direction, Error, InitialStatus, Options, RowUse, Rule, SameDay, Status,
    classify_into,
};
use denizen_spec::{end_of_month, month_of, monthly_answer};

use crate::batch::{self, Result};
use crate::operations::residence::basis::Basis;

/// Which crossings get a text of letters, and how many each.
#[derive(Clone, Copy)]
pub(super) struct MonthlyAnswers {
    /// The last month of the data, and the first whose crossings are looked at.
    last: i32,
    first: i32,
    /// The greatest age of a month, when all its crossings have been judged.
    ages: i32,
}

impl MonthlyAnswers {
    /// Nothing where the step is not asked for it. The checked pipeline has data that end with a month.
    pub(super) fn new(step: &denizen_spec::Residence, until: i32) -> Option<Self> {
        let (last, ages) = (month_of(until)?, step.decided_after_months()?);
        let months = i32::try_from(step.monthly_answers).ok().filter(|months| *months > 0)?;
        Some(Self { last, first: last - months, ages })
    }

    /// The letters of each row; none of rows that are too old, or after the data.
    pub(super) fn texts(
        self,
        crossings: &Crossings<'_>,
        rule: &Rule,
        options: &Options<'_>,
        found: &Classification,
    ) -> std::result::Result<Vec<Option<String>>, Error> {
        let mut texts = vec![None; crossings.days.len()];
        let mut cut = Cut::default();
        for person in 0..crossings.person_starts.len() {
            let rows = rows_of(crossings, person);
            let looked_at = |row: &usize| self.looks_at(crossings.days[*row]);
            if !rows.clone().any(|row| looked_at(&row)) {
                continue;
            }
            if may_change(crossings, options, found, rows.clone()) {
                cut.add(crossings, options, person, rows);
            } else {
                for row in rows.filter(looked_at) {
                    texts[row] = self.settled(crossings.days[row], found, row);
                }
            }
        }
        cut.judge(self, rule, options, &mut texts)?;
        Ok(texts)
    }

    fn month(self, day: i32) -> Option<i32> {
        month_of(day).filter(|month| (self.first..=self.last).contains(month))
    }

    fn looks_at(self, day: i32) -> bool {
        self.month(day).is_some()
    }

    /// The letters of a row whose answer changes once: on the day on which it was settled.
    fn settled(self, day: i32, found: &Classification, row: usize) -> Option<String> {
        let month = self.month(day)?;
        let basis = Basis::of(found.row_use[row], day, None).word();
        let answer = found.migration[row];
        let settled = found.migration_decided_on[row].unwrap_or(i32::MAX);
        let ends = (month..=self.last.min(month + self.ages)).map(end_of_month);
        // All data before the day are enough.
        let known = |end: i32| answer.filter(|_| settled <= end + 1);
        Some(ends.map(|end| monthly_answer(known(end), basis)).collect())
    }
}

fn rows_of(crossings: &Crossings<'_>, person: usize) -> Range<usize> {
    let starts = crossings.person_starts;
    starts[person]..starts.get(person + 1).copied().unwrap_or(crossings.days.len())
}

/// Whether later rows can change what was known of a person: where a crossing is missing, or rows of a day may be turned round.
fn may_change(
    crossings: &Crossings<'_>,
    options: &Options<'_>,
    found: &Classification,
    rows: Range<usize>,
) -> bool {
    let is_changed = |row: usize| match found.row_use[row] {
        RowUse::Used | RowUse::AfterUntil => false,
        RowUse::Repaired
        | RowUse::AfterUnseenMigration
        | RowUse::AfterUnseenUndecided
        | RowUse::Dropped
        | RowUse::Rejected
        | RowUse::Unidentified
        | RowUse::OutsidePermit => true,
    };
    let may_turn = match options.same_day {
        SameDay::KeepOrder => false,
        SameDay::RestoreAlternation => crossings.days[rows.clone()].windows(2).any(|days| days[0] == days[1]),
    };
    may_turn || rows.clone().any(is_changed)
}

/// The persons whose histories are cut and judged again, and the row of each of their crossings.
#[derive(Default)]
struct Cut {
    person_starts: Vec<usize>,
    days: Vec<i32>,
    directions: Vec<Direction>,
    declared: Vec<Option<Status>>,
    rows: Vec<usize>,
}

impl Cut {
    fn add(&mut self, crossings: &Crossings<'_>, options: &Options<'_>, person: usize, rows: Range<usize>) {
        self.person_starts.push(self.days.len());
        self.days.extend(&crossings.days[rows.clone()]);
        self.directions.extend(&crossings.directions[rows.clone()]);
        self.declared.extend(options.initial.declared.map(|declared| declared[person]));
        self.rows.extend(rows);
    }

    fn judge(
        &self,
        asked: MonthlyAnswers,
        rule: &Rule,
        options: &Options<'_>,
        texts: &mut [Option<String>],
    ) -> std::result::Result<(), Error> {
        let crossings =
            Crossings { person_starts: &self.person_starts, days: &self.days, directions: &self.directions };
        let months: Vec<Option<i32>> = self.days.iter().map(|day| asked.month(*day)).collect();
        let Some(first) = months.iter().flatten().min() else { return Ok(()) };
        let declared = options.initial.declared.map(|_| self.declared.as_slice());
        let mut found = Classification::default();
        for month in *first..=asked.last {
            let end = end_of_month(month);
            let initial = InitialStatus { declared, ..options.initial };
            classify_into(&crossings, rule, &Options { until: end, initial, ..*options }, &mut found)?;
            for (place, of_row) in months.iter().enumerate() {
                if of_row.is_some_and(|of_row| of_row <= month && month <= of_row + asked.ages) {
                    let basis = Basis::of(found.row_use[place], self.days[place], None).word();
                    let letter = monthly_answer(found.migration[place], basis);
                    texts[self.rows[place]].get_or_insert_default().push(letter);
                }
            }
        }
        Ok(())
    }
}

/// Texts as a column of numbered words: there are few of them.
pub(super) fn column<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Result<ArrayRef> {
    let (mut numbers, mut words, mut keys) = (HashMap::new(), Vec::new(), Vec::new());
    for text in texts {
        let Some(text) = text else {
            keys.push(None);
            continue;
        };
        let number = *numbers.entry(text).or_insert_with(|| {
            words.push(text);
            words.len() - 1
        });
        let key = u16::try_from(number).map_err(|error| ArrowError::ComputeError(error.to_string()))?;
        keys.push(Some(key));
    }
    batch::numbered(keys.into_iter(), words)
}

#[cfg(test)]
mod tests {
    use denizen_residence::{Boundary, FaultPolicy, Method, Otherwise, classify, day, preset};
    use proptest::prelude::*;

    use super::*;

    const STEP: &str = "nz_12_16";

    fn asked(until: i32) -> MonthlyAnswers {
        let step = denizen_spec::Residence { monthly_answers: 400, ..denizen_spec::Residence::new(STEP) };
        MonthlyAnswers::new(&step, until).unwrap()
    }

    fn rule() -> Rule {
        let Method::Crossings(rule) = preset(STEP).unwrap().method else { panic!("a rule for crossings") };
        rule
    }

    /// Every history cut at the end of every month, and judged.
    fn obvious(crossings: &Crossings<'_>, options: &Options<'_>) -> Vec<Option<String>> {
        let asked = asked(options.until);
        let mut texts = vec![None; crossings.days.len()];
        for month in asked.first..=asked.last {
            let end = end_of_month(month);
            let found = classify(crossings, &rule(), &Options { until: end, ..*options }).unwrap();
            for (row, day) in crossings.days.iter().enumerate() {
                let age = month - month_of(*day).unwrap();
                if (0..=asked.ages).contains(&age) && *day <= options.until {
                    let basis = Basis::of(found.row_use[row], *day, None).word();
                    texts[row]
                        .get_or_insert_with(String::new)
                        .push(monthly_answer(found.migration[row], basis));
                }
            }
        }
        texts
    }

    /// W7 of the worked examples of the rule: a trip of ten days, two months at home, away for good. It is settled on 2018-03-02, in the
    /// fourteenth month after, that the first crossing is a migration; of the others it is settled then that they are none.
    #[test]
    fn letters_of_a_history_without_faults() {
        let days = [day(2017, 1, 1), day(2017, 1, 11), day(2017, 3, 12)];
        let directions = [Direction::Departure, Direction::Arrival, Direction::Departure];
        let crossings = Crossings { person_starts: &[0], days: &days, directions: &directions };
        let mut options = Options::new(day(2019, 12, 31));
        options.initial.otherwise = Otherwise::OppositeOfFirstCrossing;
        let found = classify(&crossings, &rule(), &options).unwrap();
        let texts = asked(options.until).texts(&crossings, &rule(), &options, &found).unwrap();
        let texts: Vec<_> = texts.iter().map(|text| text.as_deref().unwrap()).collect();
        assert_eq!(texts, ["??????????????1111", "000000000000000000", "????????????000000"]);
    }

    fn histories() -> impl Strategy<Value = Vec<Vec<(i32, bool)>>> {
        let crossing = (0..2200_i32, any::<bool>());
        let person = proptest::collection::vec(crossing, 1..7).prop_map(|mut rows| {
            rows.sort_by_key(|(day, _)| *day);
            rows
        });
        proptest::collection::vec(person, 1..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is missing, dropped or turned round.
        #[test]
        fn letters_are_what_data_that_are_cut_say(
            persons in histories(),
            policy in 0..8_usize,
            initial in 0..3_usize,
            turns in any::<bool>(),
            inside in any::<bool>(),
        ) {
            let policies = [
                FaultPolicy::Bounds, FaultPolicy::Lower, FaultPolicy::Upper, FaultPolicy::Midpoint,
                FaultPolicy::AsRecorded, FaultPolicy::RejectPerson, FaultPolicy::DropLater, FaultPolicy::DropEarlier,
            ];
            let (mut starts, mut days, mut directions) = (Vec::new(), Vec::new(), Vec::new());
            for person in &persons {
                starts.push(days.len());
                for (since, is_arrival) in person {
                    days.push(day(2000, 1, 1) + since);
                    directions.push(if *is_arrival { Direction::Arrival } else { Direction::Departure });
                }
            }
            let crossings = Crossings { person_starts: &starts, days: &days, directions: &directions };
            let mut options = Options::new(day(2005, 6, 30));
            options.faults = policies[policy];
            options.initial.otherwise =
                [Otherwise::Unknown, Otherwise::OppositeOfFirstCrossing, Otherwise::Known(Status::Resident)][initial];
            options.same_day = if turns { SameDay::RestoreAlternation } else { SameDay::KeepOrder };
            options.boundary = if inside { Boundary::DepartureDayInside } else { Boundary::DepartureDayAbroad };
            let found = classify(&crossings, &rule(), &options).unwrap();
            let texts = asked(options.until).texts(&crossings, &rule(), &options, &found).unwrap();
            prop_assert_eq!(texts, obvious(&crossings, &options));
        }
    }
}
