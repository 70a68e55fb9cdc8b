//! `residence`: decides by a rule which crossings are migrations.
//!
//! Adds the column `migration_<name>`: yes, no, or absent where it cannot be known; under rules with a status also
//! `status_before_<name>`, `status_after_<name>`, and the first days on which status and migration were settled,
//! `status_decided_on_<name>` and `migration_decided_on_<name>`. Rows without a person, a date or a direction cannot be
//! judged; they stay, without an answer, and are counted.

mod rule;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::datatypes::Date32Type;
use arrow::error::ArrowError;
use denizen_residence::{Classification, Crossings, Direction, InitialStatus, Options, Status, classify};
use denizen_spec::{Diagnostic, PSEUDONYM_BYTES, Residence, columns};

use crate::batch::{self, Result};
use crate::operations::Counts;
use crate::operations::residence::rule::Declared;

pub(crate) struct Prepared {
    name: String,
    person: String,
    date: String,
    direction: String,
    /// Column of the status that a person declared.
    status: Option<String>,
    declared: Declared,
}

impl Prepared {
    pub(crate) fn new(step: &Residence) -> std::result::Result<Self, Diagnostic> {
        Ok(Self {
            declared: Declared::new(step)?,
            name: step.name.get_ref().clone(),
            person: step.person.get_ref().clone(),
            date: step.date.get_ref().clone(),
            direction: step.direction.get_ref().clone(),
            status: step.declared.as_ref().map(|column| column.get_ref().clone()),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn person_columns(&self) -> (&str, &str) {
        (&self.person, &self.date)
    }

    pub(crate) fn parameters(&self) -> String {
        self.declared.parameters()
    }

    pub(crate) fn apply(&self, mut batch: RecordBatch, counts: &mut Counts) -> Result<RecordBatch> {
        let histories = Histories::new(&batch, self)?;
        let statuses = self.status.as_ref().map(|column| histories.statuses(&batch, column)).transpose()?;
        let declared = &self.declared;
        let mut options = Options::new(declared.until);
        options.initial = InitialStatus {
            observed_from: declared.observed_from,
            declared: statuses.as_deref(),
            otherwise: declared.initial,
        };
        options.faults = declared.faults;
        options.same_day = declared.same_day;
        let classified = classify(&histories.crossings(), &declared.rule, &options);
        let classified = classified.map_err(|error| ArrowError::ComputeError(error.to_string()))?;
        count(counts, &classified, batch.num_rows() - histories.days.len());
        for (name, column) in self.columns(&classified, &histories)? {
            batch = batch::with_column(batch, &name, column)?;
        }
        Ok(batch)
    }

    /// The answers as columns of the batch, absent in rows that could not be judged.
    fn columns(&self, classified: &Classification, histories: &Histories) -> Result<Vec<(String, ArrayRef)>> {
        let name = &self.name;
        let answers: BooleanArray = histories.spread(&classified.migration).collect();
        let mut made = vec![(columns::migration(name), Arc::new(answers) as ArrayRef)];
        if !self.has_status() {
            return Ok(made);
        }
        let status = |what: &str, values: &[Option<Status>]| -> Result<(String, ArrayRef)> {
            let keys = histories.spread(values).map(|status| status.map(|status| status as u16));
            Ok((format!("{what}_{name}"), batch::numbered(keys, STATUSES.map(|(_, word)| word))?))
        };
        let day = |what: &str, values: &[Option<i32>]| {
            let days = batch::primitive::<Date32Type>(histories.spread(values));
            (format!("{what}_{name}"), Arc::new(days) as ArrayRef)
        };
        made.push(status("status_before", &classified.status_before)?);
        made.push(status("status_after", &classified.status_after)?);
        made.push(day("status_decided_on", &classified.status_decided_on));
        made.push(day("migration_decided_on", &classified.migration_decided_on));
        Ok(made)
    }

    /// Whether the rule follows a status: it decides about columns, so it must not depend on the rows of a partition.
    fn has_status(&self) -> bool {
        !matches!(self.declared.rule, denizen_residence::Rule::LastExitNoReturn(_))
    }
}

/// What statuses are called, in the order of their numbers.
const STATUSES: [(Status, &str); 2] = [(Status::Resident, "resident"), (Status::NonResident, "non_resident")];

fn count(counts: &mut Counts, classified: &Classification, unjudged: usize) {
    let of = classified.counts;
    let with =
        |wanted: Option<bool>| classified.migration.iter().filter(|answer| **answer == wanted).count() as u64;
    let undecided = with(None).saturating_sub(of.after_until + of.dropped + of.rejected);
    let named = [
        ("persons", of.persons),
        ("migrations", with(Some(true))),
        ("undecided", undecided),
        ("rows_without_person_date_or_direction", unjudged as u64),
        ("rows_after_cut_off", of.after_until),
        ("rows_dropped", of.dropped),
        ("rows_of_rejected_persons", of.rejected),
        ("persons_with_same_direction_pairs", of.faulty_persons),
        ("same_direction_pairs", of.faulty_pairs),
    ];
    counts.extend(named.map(|(name, count)| (name.to_owned(), count)));
}

/// The rows of a batch that can be judged, as columns of whole histories.
struct Histories {
    /// Whether each row of the batch is among them.
    judged: Vec<bool>,
    /// Which row of the batch each person's first is.
    first_rows: Vec<usize>,
    person_starts: Vec<usize>,
    days: Vec<i32>,
    directions: Vec<Direction>,
}

impl Histories {
    fn new(batch: &RecordBatch, step: &Prepared) -> Result<Self> {
        let persons = batch::pseudonyms(batch, &step.person)?;
        let days = batch::days(batch, &step.date)?;
        let directions = batch::words(batch, &step.direction)?.map(read_direction);
        let possible = denizen_residence::FIRST_DAY..=denizen_residence::LAST_DAY;
        let rows = batch.num_rows();
        let mut histories = Self {
            judged: Vec::with_capacity(rows),
            first_rows: Vec::new(),
            person_starts: Vec::new(),
            days: Vec::with_capacity(rows),
            directions: Vec::with_capacity(rows),
        };
        let mut last_person = None;
        for (row, ((person, day), direction)) in persons.iter().zip(days.iter()).zip(directions).enumerate() {
            let person = person.and_then(<[u8]>::first_chunk::<PSEUDONYM_BYTES>);
            let (Some(person), Some(day), Some(direction)) = (person, day, direction) else {
                histories.judged.push(false);
                continue;
            };
            let Some(direction) = direction else {
                let message = "a direction is neither `arrival` nor `departure`".to_owned();
                return Err(ArrowError::ComputeError(message));
            };
            if !possible.contains(&day) {
                histories.judged.push(false);
                continue;
            }
            if last_person != Some(person) {
                histories.person_starts.push(histories.days.len());
                histories.first_rows.push(row);
                last_person = Some(person);
            }
            histories.judged.push(true);
            histories.days.push(day);
            histories.directions.push(direction);
        }
        Ok(histories)
    }

    fn crossings(&self) -> Crossings<'_> {
        Crossings { person_starts: &self.person_starts, days: &self.days, directions: &self.directions }
    }

    /// Values of the judged rows at their places among all rows.
    fn spread<'a, T: Copy>(&'a self, values: &'a [Option<T>]) -> impl Iterator<Item = Option<T>> + 'a {
        let mut values = values.iter();
        self.judged.iter().map(move |judged| if *judged { values.next().copied().flatten() } else { None })
    }

    /// What each person declared at the first crossing.
    fn statuses(&self, batch: &RecordBatch, column: &str) -> Result<Vec<Option<Status>>> {
        let words = batch::words(batch, column)?;
        let status = |row: &usize| {
            let word = words.get(*row)?;
            STATUSES.iter().find(|(_, known)| *known == word).map(|(status, _)| *status)
        };
        Ok(self.first_rows.iter().map(status).collect())
    }
}

fn read_direction(code: &str) -> Option<Direction> {
    match code {
        "arrival" => Some(Direction::Arrival),
        "departure" => Some(Direction::Departure),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::batch;
    use denizen_spec::Spanned;

    fn spanned<T>(value: T) -> Spanned<T> {
        Spanned::new(0..0, value)
    }

    fn residence(rule: &str) -> Residence {
        Residence {
            rule: spanned(rule.to_owned()),
            name: spanned(rule.to_owned()),
            parameters: Vec::new(),
            initial: None,
            observed_from: None,
            declared: None,
            faults: None,
            same_day: None,
            person: spanned("person".to_owned()),
            date: spanned("crossed_on".to_owned()),
            direction: spanned("direction".to_owned()),
            from: None,
            until: None,
        }
    }

    #[test]
    fn the_last_exit_of_a_person_counts_once() {
        let table = "
            a  1999-05-01  departure  no
            a  2000-01-01  arrival    no
            a  2003-02-01  departure  yes
            b  2001-01-01  departure  no
            b  2007-05-31  arrival    no
            c  1989-12-31  departure  no
            d  2007-05-31  departure  yes
            d  2007-06-01  arrival    ?
            -  2001-01-01  departure  ?";
        let rows: Vec<Vec<&str>> =
            table.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        let cells: Vec<String> = rows.iter().map(|row| row[..3].join(" ")).collect();
        let records = batch("person:person crossed_on:day direction", &cells.join(" | "));
        let mut counts = Vec::new();
        let result = Prepared::new(&residence("pe_1990_2007")).unwrap().apply(records, &mut counts).unwrap();
        let answers = batch::answers(&result, "migration_pe_1990_2007").unwrap();
        let words: Vec<&str> = answers
            .iter()
            .map(|answer| match answer {
                Some(true) => "yes",
                Some(false) => "no",
                None => "?",
            })
            .collect();
        assert_eq!(words, rows.iter().map(|row| row[3]).collect::<Vec<_>>());
        assert_eq!(counts.iter().find(|(name, _)| name.starts_with("rows_without")).unwrap().1, 1);
    }

    #[test]
    fn a_misspelt_rule_is_recognised() {
        let fault = Prepared::new(&residence("pe_1990_2008")).err().unwrap();
        assert_eq!(fault.help.as_deref(), Some("did you mean `pe_1990_2007`?"));
        assert!(Prepared::new(&residence("nz_12_16")).err().unwrap().message.contains("how far the data go"));
    }

    #[test]
    fn a_rule_can_be_spelt_out() {
        let spelt = |rule: &str, parameters: &[(&'static str, &str)]| {
            let parameters = parameters.iter().map(|(name, value)| (*name, spanned((*value).to_owned())));
            let until = Some(spanned(denizen_spec::Date { year: 2007, month: 12, day: 31 }));
            Prepared::new(&Residence { parameters: parameters.collect(), until, ..residence(rule) })
        };
        let text = |rule: std::result::Result<Prepared, Diagnostic>| match rule {
            Ok(rule) => rule.parameters(),
            Err(fault) => fault.message,
        };
        let window = [("threshold", "12 months"), ("window", "16 months")];
        assert_eq!(
            text(spelt("cumulative_window", &window)),
            "cumulative_window(threshold=12 months, window=16 months, comparison=at least, until=2007-12-31, initial=unknown, faults=bounds, same_day=keep_order)"
        );
        let narrow = [("threshold", "6 months"), ("window", "16 months")];
        assert!(text(spelt("cumulative_window", &narrow)).contains("half"));
        assert_eq!(text(spelt("cumulative_window", &window[..1])), "the parameter `window` is missing");
        assert_eq!(text(spelt("continuous", &window)), "the rule `continuous` has no parameter `window`");
        assert_eq!(text(spelt("nz_12_16", &window)), "the preset `nz_12_16` has parameters of its own");
        assert_eq!(text(spelt("continuous", &[("threshold", "a year")])), "not a length of time");
    }

    /// One departure, and nothing else known: what is assumed or declared of the time before decides.
    #[test]
    fn the_status_before_the_first_crossing_decides() {
        let text = |text: &str| Some(spanned(text.to_owned()));
        let date = |year| Some(spanned(denizen_spec::Date { year, month: 1, day: 1 }));
        let blank = || Residence { until: date(2007), ..residence("nz_12_16") };
        let table = [
            (blank(), None),
            (Residence { initial: text("resident"), ..blank() }, Some(true)),
            (Residence { initial: text("non_resident"), ..blank() }, Some(false)),
            (Residence { initial: text("opposite_of_first_crossing"), ..blank() }, Some(true)),
            (Residence { observed_from: date(1990), ..blank() }, Some(true)),
            (Residence { declared: text("said"), ..blank() }, Some(false)),
        ];
        for (step, expected) in table {
            let records =
                batch("person:person crossed_on:day direction said", "a 2000-02-13 departure non_resident");
            let result = Prepared::new(&step).unwrap().apply(records, &mut Vec::new()).unwrap();
            let answer = batch::answers(&result, "migration_nz_12_16").unwrap().iter().next().unwrap();
            assert_eq!(answer, expected, "{step:?}");
        }
    }
}
