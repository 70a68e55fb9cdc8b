//! Permits among the rows of crossings, for rules that judge crossings within them, and the departures that such a rule assumes.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow::datatypes::Date32Type;
use denizen_residence::{AssumedDeparture, FIRST_DAY, LAST_DAY, Permits};
use denizen_spec::{PSEUDONYM_BYTES, StepReport, columns};

use super::basis::Basis;
use crate::batch::{self, Result};
use crate::operations::holders::rows_of;

/// The permits of the persons that have crossings, in the order of these.
pub(super) struct PermitRows {
    /// Which row of the batch each permit is.
    rows: Vec<u32>,
    person_starts: Vec<usize>,
    valid_from: Vec<i32>,
    valid_to: Vec<i32>,
    reasons: Vec<u32>,
    /// Whether each row of the batch is a permit, of whatever person.
    pub(super) is_permit: Vec<bool>,
    reversed: u64,
}

impl PermitRows {
    /// `first_rows` has, for each person with crossings, the row of the batch of the first of them.
    pub(super) fn new(
        batch: &RecordBatch,
        step: &denizen_spec::Residence,
        last: &str,
        first_rows: &[usize],
    ) -> Result<Self> {
        let persons = batch::pseudonyms(batch, &step.person)?;
        let (from, to) = (batch::days(batch, &step.date)?, batch::days(batch, last)?);
        let directions = batch::words(batch, &step.direction)?;
        let person_of = |row: usize| {
            let person = persons.is_valid(row).then(|| persons.value(row));
            person.and_then(<[u8]>::first_chunk::<PSEUDONYM_BYTES>)
        };
        let mut permits = Self {
            rows: Vec::new(),
            person_starts: Vec::with_capacity(first_rows.len()),
            valid_from: Vec::new(),
            valid_to: Vec::new(),
            reasons: Vec::new(),
            is_permit: Vec::with_capacity(batch.num_rows()),
            reversed: 0,
        };
        let mut last_person = None;
        let mut with_crossings = first_rows.iter().map(|row| person_of(*row)).peekable();
        let mut has_crossings = false;
        for row in 0..batch.num_rows() {
            let is_permit = to.is_valid(row) && directions.get(row).is_none();
            permits.is_permit.push(is_permit);
            let Some(person) = person_of(row) else { continue };
            if last_person != Some(person) {
                last_person = Some(person);
                has_crossings = with_crossings.next_if_eq(&Some(person)).is_some();
                if has_crossings {
                    permits.person_starts.push(permits.rows.len());
                }
            }
            if !is_permit || !has_crossings || !from.is_valid(row) {
                continue;
            }
            permits.add(row, from.value(row), to.value(row));
        }
        Ok(permits)
    }

    /// Adds the permit of a row to those of its person, or counts it where it ends before it begins.
    fn add(&mut self, row: usize, from: i32, to: i32) {
        let possible = FIRST_DAY..=LAST_DAY;
        if to < from || !possible.contains(&from) || !possible.contains(&to) {
            self.reversed += 1;
            return;
        }
        self.rows.push(row as u32);
        self.valid_from.push(from);
        self.valid_to.push(to);
        self.reasons.push(0);
    }

    pub(super) fn permits(&self) -> Permits<'_> {
        Permits {
            person_starts: &self.person_starts,
            valid_from: &self.valid_from,
            valid_to: &self.valid_to,
            reasons: &self.reasons,
        }
    }

    pub(super) fn count(&self, report: &mut StepReport, assumed: &[AssumedDeparture]) {
        report.count("permits", self.is_permit.iter().filter(|is_permit| **is_permit).count() as u64);
        report.count("permits_that_end_before_they_begin", self.reversed);
        report.count("assumed_departures", assumed.len() as u64);
    }

    /// The row of the permit at whose end a departure is assumed.
    fn row_of(&self, departure: &AssumedDeparture) -> Option<u32> {
        let end = self.person_starts.get(departure.person + 1).copied().unwrap_or(self.rows.len());
        let mut own = self.person_starts[departure.person]..end;
        own.find(|permit| self.valid_to[*permit] == departure.day).map(|permit| self.rows[permit])
    }
}

/// A row of the result: that of the batch, or one that is made of it for a departure.
struct Placed<'a> {
    row: u32,
    departure: Option<&'a AssumedDeparture>,
}

/// The batch with a row more for each departure that is assumed, in the order of its day among those of the person.
pub(super) fn with_departures(
    batch: RecordBatch,
    step: &denizen_spec::Residence,
    permits: &PermitRows,
    assumed: &[AssumedDeparture],
    report: &mut StepReport,
) -> Result<RecordBatch> {
    if assumed.is_empty() {
        return Ok(batch);
    }
    let places = places(&batch, step, permits, assumed)?;
    report.made += (places.len() - batch.num_rows()) as u64;
    let rows: UInt32Array = places.iter().map(|placed| Some(placed.row)).collect();
    let mut made = rows_of(&batch, &rows)?;
    let answer = columns::migration(&step.name);
    let basis = columns::basis(&step.name);
    for (name, column) in [
        (&step.date, days(&made, &step.date, &places)?),
        (&step.direction, directions(&made, &step.direction, &places)?),
        (&answer, answers(&made, &answer, &places)?),
        (&basis, bases(&made, &basis, &places)?),
    ] {
        made = batch::with_column(made, name, column)?;
    }
    Ok(made)
}

/// The days of the rows, from the column of this name; a departure has its own.
fn days(batch: &RecordBatch, name: &str, places: &[Placed<'_>]) -> Result<ArrayRef> {
    let days = batch::days(batch, name)?;
    let day = |(index, placed): (usize, &Placed<'_>)| match placed.departure {
        Some(departure) => Some(departure.day),
        None => days.is_valid(index).then(|| days.value(index)),
    };
    Ok(Arc::new(batch::primitive::<Date32Type>(places.iter().enumerate().map(day))))
}

const DIRECTIONS: [&str; 2] = ["arrival", "departure"];

/// Their directions.
fn directions(batch: &RecordBatch, name: &str, places: &[Placed<'_>]) -> Result<ArrayRef> {
    let words = batch::words(batch, name)?;
    let direction = |(index, placed): (usize, &Placed<'_>)| match placed.departure {
        Some(_) => Some(1),
        None => words.get(index).map(|word| u16::from(word == DIRECTIONS[1])),
    };
    batch::numbered(places.iter().enumerate().map(direction), DIRECTIONS)
}

/// What the rule answers of them.
fn answers(batch: &RecordBatch, name: &str, places: &[Placed<'_>]) -> Result<ArrayRef> {
    let answers = batch::answers(batch, name)?;
    let answer = |(index, placed): (usize, &Placed<'_>)| match placed.departure {
        Some(departure) => departure.migration,
        None => answers.is_valid(index).then(|| answers.value(index)),
    };
    Ok(Arc::new(places.iter().enumerate().map(answer).collect::<BooleanArray>()))
}

/// What its answers rest on.
fn bases(batch: &RecordBatch, name: &str, places: &[Placed<'_>]) -> Result<ArrayRef> {
    let words = batch::words(batch, name)?;
    let basis = |(index, placed): (usize, &Placed<'_>)| match placed.departure {
        Some(_) => Some(Basis::Assumed as u16),
        None => {
            let word = words.get(index)?;
            Basis::ALL.iter().find(|basis| basis.word() == word).map(|basis| *basis as u16)
        }
    };
    batch::numbered(places.iter().enumerate().map(basis), Basis::ALL.map(Basis::word))
}

/// Departures come after all rows of the person up to their day.
fn places<'a>(
    batch: &RecordBatch,
    step: &denizen_spec::Residence,
    permits: &PermitRows,
    assumed: &'a [AssumedDeparture],
) -> Result<Vec<Placed<'a>>> {
    let persons = batch::pseudonyms(batch, &step.person)?;
    let days = batch::days(batch, &step.date)?;
    let mut made: Vec<(u32, Placed<'a>)> = Vec::with_capacity(assumed.len());
    for departure in assumed {
        let Some(row) = permits.row_of(departure) else { continue };
        let is_before = |next: &u32| {
            let next = *next as usize;
            persons.value(next) == persons.value(row as usize) && days.value(next) <= departure.day
        };
        let before = (row + 1..batch.num_rows() as u32).take_while(is_before).last().unwrap_or(row);
        made.push((before, Placed { row, departure: Some(departure) }));
    }
    made.sort_by_key(|(before, _)| *before);
    let mut made = made.into_iter().peekable();
    let mut places = Vec::with_capacity(batch.num_rows() + assumed.len());
    for row in 0..batch.num_rows() as u32 {
        places.push(Placed { row, departure: None });
        while let Some((_, placed)) = made.next_if(|(before, _)| *before == row) {
            places.push(placed);
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use denizen_spec::Path;

    use super::super::Residence;
    use super::super::rule::ResidenceRule;
    use super::*;
    use crate::operation::Operation;
    use crate::test_batch::{batch, rows};

    /// By hand, under `uk_fald`: a arrives in the permit, leaves and comes back, and no departure follows: one is assumed on its last day, 715
    /// days after the first arrival. b leaves after ten months. c's second permit adjoins the first, and runs on after 2019: what has been
    /// lived so far decides the arrival, and nothing the departure. d has no permit.
    #[test]
    fn crossings_are_judged_within_permits() {
        let table = "
            - 2017-01-01 -         2018-12-31 -   no_person
            a 2017-01-01 -         2018-12-31 -   permit
            a 2017-01-15 arrival   -          yes as_recorded
            a 2017-07-01 departure -          no  as_recorded
            a 2017-08-01 arrival   -          no  as_recorded
            a 2018-12-31 departure 2018-12-31 yes assumed
            a 2019-03-01 arrival   -          -   outside_period
            b 2017-01-01 -         2018-12-31 -   permit
            b 2017-01-01 arrival   -          no  as_recorded
            b 2017-11-01 departure -          no  as_recorded
            c 2017-01-01 -         2018-12-31 -   permit
            c 2017-02-01 arrival   -          yes as_recorded
            c 2019-01-01 -         2020-12-31 -   permit
            c 2019-02-01 departure -          -   as_recorded
            d 2018-01-01 arrival   -          -   outside_period
            e 2017-01-01 -         2018-12-31 -   permit";
        let lines: Vec<Vec<&str>> =
            table.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        let recorded = lines.iter().filter(|line| line[5] != "assumed");
        let cells: Vec<String> = recorded.map(|line| line[..4].join(" ")).collect();
        let records = batch("person:person crossed_on:day direction valid_to:day", &cells.join(" | "));
        let until = Some(denizen_spec::Date { year: 2019, month: 12, day: 31 });
        let permits = Some("valid_to".to_owned());
        let step = denizen_spec::Residence { until, permits, ..denizen_spec::Residence::new("uk_fald") };
        let mut report = StepReport::new("residence");
        let rule = ResidenceRule::new(&step, &Path::root()).unwrap();
        let result = Residence { rule, declared: step }.apply(records, &mut report).unwrap();
        let shown = rows(&result).replace("false", "no").replace("true", "yes");
        let expected: Vec<String> = lines.iter().map(|line| line.join(" ")).collect();
        assert_eq!(shown, expected.join(" | "));
        let counted = |name: &str| report.counts.iter().find(|(known, _)| known == name).unwrap().1;
        assert_eq!((counted("permits"), counted("assumed_departures"), report.made), (6, 1, 1));
        assert_eq!((counted("undecided"), counted("rows_without_person_date_or_direction")), (1, 1));
    }

    #[test]
    fn permits_belong_to_the_rule_that_needs_them() {
        let until = Some(denizen_spec::Date { year: 2019, month: 12, day: 31 });
        let permits = Some("valid_to".to_owned());
        let message = |step: denizen_spec::Residence| {
            ResidenceRule::new(&step, &Path::root()).err().map(|fault| fault.message)
        };
        let fald = denizen_spec::Residence { until, ..denizen_spec::Residence::new("uk_fald") };
        assert!(message(fald.clone()).unwrap().contains("needs permits"));
        assert_eq!(message(denizen_spec::Residence { permits: permits.clone(), ..fald }), None);
        let other = denizen_spec::Residence { until, permits, ..denizen_spec::Residence::new("nz_12_16") };
        assert!(message(other).unwrap().contains("asks nothing of permits"));
    }
}
