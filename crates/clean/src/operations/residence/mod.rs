//! `residence`: decides by a rule which crossings are migrations.
//!
//! Adds the column `migration_<name>`: yes, no, or absent where it cannot be known; under rules with a status also
//! `status_before_<name>`, `status_after_<name>`, and the first days on which status and migration were settled,
//! `status_decided_on_<name>` and `migration_decided_on_<name>`. `basis_<name>` says on what the answer rests, or why there is
//! none. A migration may fall on a missing crossing, which no row records:
//! these are counted, and the row after one has no answer. Where `durations` asks for it, migrations are followed until the person
//! migrates back. Rows without a person, a date or a direction cannot be
//! judged; they stay, without an answer, and are counted.

mod basis;
mod durations;
mod monthly_answers;
mod rule;
mod within_permits;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, DictionaryArray, RecordBatch, StringArray};
use arrow::datatypes::{Date32Type, UInt16Type};
use arrow::error::ArrowError;
use denizen_residence::{
    Classification, Crossings, Direction, InitialStatus, Options, Period, Status, classify,
};
use denizen_spec::{Diagnostic, PSEUDONYM_BYTES, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};
use crate::operations::residence::basis::Basis;
use crate::operations::residence::durations::Followed;
use crate::operations::residence::monthly_answers::MonthlyAnswers;
use crate::operations::residence::rule::ResidenceRule;
use crate::operations::residence::within_permits::{PermitRows, with_departures};

pub(crate) struct Residence {
    declared: denizen_spec::Residence,
    rule: ResidenceRule,
}

impl Residence {
    pub(crate) fn new(
        declared: &denizen_spec::Residence,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        Ok(Self { rule: ResidenceRule::new(declared, &context.path)?, declared: declared.clone() })
    }
}

impl Operation for Residence {
    fn name(&self) -> String {
        format!("residence {}", self.declared.name)
    }

    fn rule(&self) -> Option<(String, String)> {
        Some((self.declared.name.clone(), self.rule.parameters()))
    }

    fn apply(
        &self,
        mut batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let mut histories = Histories::new(&batch, &self.declared)?;
        let permits = self.declared.permits.as_ref();
        let permits =
            permits.map(|last| PermitRows::new(&batch, &self.declared, last, &histories.first_rows));
        let permits = permits.transpose()?;
        permits.iter().for_each(|permits| histories.note_permits(permits));
        let declared = self.declared.declared.as_ref();
        let statuses = declared.map(|column| histories.statuses(&batch, column)).transpose()?;
        let mut options = Options::new(self.rule.until);
        options.initial = InitialStatus {
            observed_from: self.rule.observed_from,
            declared: statuses.as_deref(),
            otherwise: self.rule.initial,
        };
        options.faults = self.rule.faults;
        options.same_day = self.rule.same_day;
        options.boundary = self.rule.boundary;
        options.permits = permits.as_ref().map(PermitRows::permits);
        let classified = classify(&histories.crossings(), &self.rule.rule, &options);
        let classified = classified.map_err(|error| ArrowError::ComputeError(error.to_string()))?;
        let is_unjudged = |judged: &&std::result::Result<(), Basis>| matches!(judged, Err(basis) if *basis != Basis::Permit);
        count(report, &classified, histories.judged.iter().filter(is_unjudged).count());
        if self.declared.has_status() {
            count_unseen(report, &classified);
        }
        for (name, column) in self.columns(&classified, &histories)? {
            batch = batch::with_column(batch, &name, column)?;
        }
        for (name, column) in self.asked_columns(&classified, &histories, &options)? {
            batch = batch::with_column(batch, &name, column)?;
        }
        let Some(permits) = permits else { return Ok(batch) };
        let assumed = &classified.assumed_departures;
        permits.count(report, assumed);
        report.count("crossings_outside_permits", classified.counts.outside_permit);
        Ok(with_departures(batch, &self.declared, &permits, assumed, report)?)
    }
}

impl Residence {
    /// The answers as columns of the batch, absent in rows that could not be judged.
    fn columns(&self, classified: &Classification, histories: &Histories) -> Result<Vec<(String, ArrayRef)>> {
        let name = &self.declared.name;
        let answers: BooleanArray = histories.spread(&classified.migration).collect();
        let bases = histories.bases(classified, self.rule.period())?;
        let mut made = vec![(columns::migration(name), Arc::new(answers) as ArrayRef)];
        made.push((columns::basis(name), bases));
        // The rule decides about the columns, and never the rows of a partition.
        if !self.declared.has_status() {
            return Ok(made);
        }
        let status = |values: &[Option<Status>]| {
            let keys = histories.spread(values).map(|status| status.map(|status| status as u16));
            batch::numbered(keys, STATUSES.map(|(_, word)| word))
        };
        let day = |values: &[Option<i32>]| -> ArrayRef {
            Arc::new(batch::primitive::<Date32Type>(histories.spread(values)))
        };
        let [before, after] = columns::statuses(name);
        let [status_decided_on, migration_decided_on] = columns::decided_on(name);
        made.push((before, status(&classified.status_before)?));
        made.push((after, status(&classified.status_after)?));
        made.push((status_decided_on, day(&classified.status_decided_on)));
        made.push((migration_decided_on, day(&classified.migration_decided_on)));
        Ok(made)
    }

    /// What the step was asked for beside the answers.
    fn asked_columns(
        &self,
        classified: &Classification,
        histories: &Histories,
        options: &Options<'_>,
    ) -> Result<Vec<(String, ArrayRef)>> {
        let (name, crossings) = (&self.declared.name, histories.crossings());
        let mut made = Vec::new();
        if let Some(followed) = Followed::new(&self.declared) {
            let found = followed.of(&crossings, classified);
            let [duration, outcome] = columns::durations(name);
            made.push((duration, durations::durations(histories.spread(&found))));
            made.push((outcome, durations::outcomes(histories.spread(&found))?));
        }
        if let Some(asked) = MonthlyAnswers::new(&self.declared, self.rule.until) {
            let texts = asked.texts(&crossings, &self.rule.rule, options, classified);
            let texts = texts.map_err(|error| ArrowError::ComputeError(error.to_string()))?;
            let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            let answers = monthly_answers::column(histories.spread(&texts))?;
            made.push((columns::monthly_answers(name), answers));
        }
        Ok(made)
    }
}

/// What statuses are called, in the order of their numbers.
const STATUSES: [(Status, &str); 2] = [(Status::Resident, "resident"), (Status::NonResident, "non_resident")];

fn count(report: &mut StepReport, classified: &Classification, unjudged: usize) {
    let of = classified.counts;
    let with =
        |wanted: Option<bool>| classified.migration.iter().filter(|answer| **answer == wanted).count() as u64;
    let assumed = classified.assumed_departures.iter();
    let assumed = assumed.filter(|departure| departure.migration == Some(true)).count() as u64;
    let undecided = with(None).saturating_sub(of.after_until + of.dropped + of.rejected + of.outside_permit);
    let named = [
        ("persons", of.persons),
        ("migrations", with(Some(true)) + assumed),
        ("undecided", undecided),
        ("rows_without_person_date_or_direction", unjudged as u64),
        ("rows_after_cut_off", of.after_until),
        ("rows_dropped", of.dropped),
        ("rows_of_rejected_persons", of.rejected),
        ("persons_with_same_direction_pairs", of.faulty_persons),
        ("same_direction_pairs", of.faulty_pairs),
    ];
    named.iter().for_each(|(name, count)| report.count(name, *count));
}

/// Migrations on missing crossings: no row records them, so that no table has them.
fn count_unseen(report: &mut StepReport, classified: &Classification) {
    report.count("unseen_migrations", classified.counts.unseen_migrations);
    report.count("unseen_undecided", classified.counts.unseen_undecided);
}

/// The rows of a batch that can be judged, as columns of whole histories.
struct Histories {
    /// Whether each row of the batch is among them, or why not.
    judged: Vec<std::result::Result<(), Basis>>,
    /// Which row of the batch each person's first is.
    first_rows: Vec<usize>,
    person_starts: Vec<usize>,
    days: Vec<i32>,
    directions: Vec<Direction>,
}

impl Histories {
    fn new(batch: &RecordBatch, step: &denizen_spec::Residence) -> Result<Self> {
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
            let Some(person) = person else {
                histories.judged.push(Err(Basis::NoPerson));
                continue;
            };
            let (Some(day), Some(direction)) = (day, direction) else {
                histories.judged.push(Err(Basis::NoDateOrDirection));
                continue;
            };
            let Some(direction) = direction else {
                let message = "a direction is neither `arrival` nor `departure`".to_owned();
                return Err(ArrowError::ComputeError(message));
            };
            if !possible.contains(&day) {
                histories.judged.push(Err(Basis::NoDateOrDirection));
                continue;
            }
            if last_person != Some(person) {
                histories.person_starts.push(histories.days.len());
                histories.first_rows.push(row);
                last_person = Some(person);
            }
            histories.judged.push(Ok(()));
            histories.days.push(day);
            histories.directions.push(direction);
        }
        Ok(histories)
    }

    /// Rows that are permits are no crossings that lack a direction.
    fn note_permits(&mut self, permits: &PermitRows) {
        let rows = self.judged.iter_mut().zip(&permits.is_permit);
        for (judged, _) in rows.filter(|(judged, is_permit)| {
            **is_permit && matches!(judged, Err(basis) if *basis == Basis::NoDateOrDirection)
        }) {
            *judged = Err(Basis::Permit);
        }
    }

    fn crossings(&self) -> Crossings<'_> {
        Crossings { person_starts: &self.person_starts, days: &self.days, directions: &self.directions }
    }

    /// Values of the judged rows at their places among all rows.
    fn spread<'a, T: Copy>(&'a self, values: &'a [Option<T>]) -> impl Iterator<Item = Option<T>> + 'a {
        let mut values = values.iter();
        self.judged
            .iter()
            .map(move |judged| if judged.is_ok() { values.next().copied().flatten() } else { None })
    }

    /// On what the answer to each row of the batch rests.
    fn bases(&self, classified: &Classification, period: Option<Period>) -> Result<ArrayRef> {
        let judged = self.judged.iter().filter(|judged| judged.is_ok()).count();
        assert_eq!(
            (classified.row_use.len(), self.days.len()),
            (judged, judged),
            "answers to the rows judged"
        );
        let mut rows = classified.row_use.iter().zip(&self.days);
        let mut basis_of_next =
            || rows.next().map_or(Basis::LeftOut, |(row_use, day)| Basis::of(*row_use, *day, period));
        // Every row has one: numbers without a null are made in half the time.
        let basis = |judged: &std::result::Result<(), Basis>| match judged {
            Ok(()) => basis_of_next(),
            Err(basis) => *basis,
        };
        let keys: Vec<u16> = self.judged.iter().map(basis).map(|basis| basis as u16).collect();
        let words: ArrayRef = Arc::new(StringArray::from_iter_values(Basis::ALL.map(Basis::word)));
        Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys.into(), words)?))
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
    use denizen_spec::Path;

    fn residence(rule: &str) -> denizen_spec::Residence {
        denizen_spec::Residence::new(rule)
    }

    fn prepared(step: &denizen_spec::Residence) -> std::result::Result<ResidenceRule, Diagnostic> {
        ResidenceRule::new(step, &Path::root())
    }

    fn applied(step: denizen_spec::Residence, records: RecordBatch) -> (RecordBatch, StepReport) {
        let mut report = StepReport::new("residence");
        let rule = prepared(&step).unwrap();
        let batch = Residence { rule, declared: step }.apply(records, &mut report).unwrap();
        (batch, report)
    }

    #[test]
    fn the_last_exit_of_a_person_counts_once() {
        let table = "
            a  1999-05-01  departure  no   as_recorded
            a  2000-01-01  arrival    no   as_recorded
            a  2003-02-01  departure  yes  as_recorded
            b  2001-01-01  departure  no   as_recorded
            b  2007-05-31  arrival    no   as_recorded
            c  1989-12-31  departure  no   outside_period
            d  2007-05-31  departure  yes  as_recorded
            d  2007-06-01  arrival    ?    outside_period
            e  2001-01-01  departure  no   as_recorded
            e  2002-01-01  departure  yes  as_recorded
            -  2001-01-01  departure  ?    no_person";
        let rows: Vec<Vec<&str>> =
            table.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        let cells: Vec<String> = rows.iter().map(|row| row[..3].join(" ")).collect();
        let records = batch("person:person crossed_on:day direction", &cells.join(" | "));
        let (result, report) = applied(residence("pe_1990_2007"), records);
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
        let bases = batch::words(&result, "basis_pe_1990_2007").unwrap();
        let bases: Vec<&str> = (0..rows.len()).map(|row| bases.get(row).unwrap()).collect();
        assert_eq!(bases, rows.iter().map(|row| row[4]).collect::<Vec<_>>());
        assert_eq!(report.counts.iter().find(|(name, _)| name.starts_with("rows_without")).unwrap().1, 1);
    }

    /// A resident of seven years leaves unseen, and no row is that migration: it is counted, and the next row says so.
    #[test]
    fn a_migration_on_a_missing_crossing_is_told() {
        let table = "
            a  2010-01-01  arrival    no  repaired
            a  2017-01-01  arrival    ?   unseen_migration
            a  2017-01-02  arrival    no  repaired
            a  2017-03-01  departure  no  repaired";
        let rows: Vec<Vec<&str>> =
            table.trim().lines().map(|line| line.split_whitespace().collect()).collect();
        let cells: Vec<String> = rows.iter().map(|row| row[..3].join(" ")).collect();
        let records = batch("person:person crossed_on:day direction", &cells.join(" | "));
        let until = Some(denizen_spec::Date { year: 2019, month: 12, day: 31 });
        let initial = Some("resident".to_owned());
        let step = denizen_spec::Residence { until, initial, ..residence("nz_12_16") };
        let (result, report) = applied(step, records);
        let answers = batch::answers(&result, "migration_nz_12_16").unwrap();
        let bases = batch::words(&result, "basis_nz_12_16").unwrap();
        for (row, expected) in rows.iter().enumerate() {
            let answer = answers.iter().nth(row).unwrap();
            assert_eq!(answer, (expected[3] == "no").then_some(false), "{expected:?}");
            assert_eq!(bases.get(row), Some(expected[4]));
        }
        let counted = |name: &str| report.counts.iter().find(|(known, _)| known == name).unwrap().1;
        assert_eq!((counted("unseen_migrations"), counted("undecided")), (1, 1));
    }

    #[test]
    fn a_misspelt_rule_is_recognised() {
        let fault = prepared(&residence("pe_1990_2008")).err().unwrap();
        assert_eq!(fault.help.as_deref(), Some("did you mean `pe_1990_2007`?"));
        assert!(prepared(&residence("nz_12_16")).err().unwrap().message.contains("how far the data go"));
    }

    #[test]
    fn a_rule_can_be_spelt_out() {
        let spelt = |rule: &str, parameters: &[(&str, &str)]| {
            let parameters =
                parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let until = Some(denizen_spec::Date { year: 2007, month: 12, day: 31 });
            prepared(&denizen_spec::Residence { parameters, until, ..residence(rule) })
        };
        let text = |rule: std::result::Result<ResidenceRule, Diagnostic>| match rule {
            Ok(rule) => rule.parameters(),
            Err(fault) => fault.message,
        };
        let window = [("threshold", "12 months"), ("window", "16 months")];
        assert_eq!(
            text(spelt("cumulative_window", &window)),
            "cumulative_window(threshold=12 months, window=16 months, comparison=at least, until=2007-12-31, initial=unknown, faults=bounds, same_day=keep_order)"
        );
        let longer =
            [window[0], window[1], ("comparison", "more_than"), ("boundary", "departure_day_inside")];
        assert_eq!(
            text(spelt("cumulative_window", &longer)),
            "cumulative_window(threshold=12 months, window=16 months, comparison=more than, until=2007-12-31, initial=unknown, faults=bounds, same_day=keep_order, boundary=departure_day_inside)"
        );
        let last_exit = [("minimum_absence", "365 days")];
        assert_eq!(
            text(spelt("last_exit_no_return", &last_exit)),
            "last_exit_no_return(minimum_absence=365 days, until=2007-12-31, same_day=keep_order)"
        );
        let narrow = [("threshold", "6 months"), ("window", "16 months")];
        assert!(text(spelt("cumulative_window", &narrow)).contains("half"));
        assert_eq!(text(spelt("cumulative_window", &window[..1])), "the parameter `window` is missing");
        assert_eq!(text(spelt("continuous", &window)), "the rule `continuous` has no parameter `window`");
        assert_eq!(text(spelt("nz_12_16", &window)), "the preset `nz_12_16` has parameters of its own");
        assert_eq!(text(spelt("continuous", &[("threshold", "a year")])), "not a length of time");
        let unlike = [window[0], ("comparison", "above")];
        assert_eq!(text(spelt("continuous", &unlike)), "unknown value `above` of `comparison`");
        let inside = [last_exit[0], ("boundary", "departure_day_inside")];
        let message = "the rule `last_exit_no_return` has no parameter `boundary`";
        assert_eq!(text(spelt("last_exit_no_return", &inside)), message);
    }

    #[test]
    fn a_withdrawn_rule_says_what_to_write() {
        let fault = prepared(&residence("un2021_b")).err().unwrap();
        assert_eq!(fault.message, "there is no rule `un2021_b` any more");
        assert!(fault.notes[0].contains("`continuous_12` gives the same answers"));
    }

    /// What a step says is used, or refused.
    #[test]
    fn a_rule_without_a_status_asks_nothing_of_the_time_before() {
        let initial = Some("resident".to_owned());
        let step = denizen_spec::Residence { initial, ..residence("pe_1990_2007") };
        assert!(prepared(&step).err().unwrap().message.contains("before the first crossing"));
        let parameters = |faults: &str| {
            let faults = Some(faults.to_owned());
            let step = denizen_spec::Residence { faults, ..residence("pe_1990_2007") };
            prepared(&step).unwrap().parameters()
        };
        assert!(!parameters("bounds").contains("faults"));
        assert!(parameters("drop_later").contains("faults=drop_later"));
    }

    /// One departure, and nothing else known: what is assumed or declared of the time before decides.
    #[test]
    fn the_status_before_the_first_crossing_decides() {
        type Step = denizen_spec::Residence;
        let text = |text: &str| Some(text.to_owned());
        let date = |year| Some(denizen_spec::Date { year, month: 1, day: 1 });
        let blank = || Step { until: date(2007), ..residence("nz_12_16") };
        let table = [
            (blank(), None),
            (Step { initial: text("resident"), ..blank() }, Some(true)),
            (Step { initial: text("non_resident"), ..blank() }, Some(false)),
            (Step { initial: text("opposite_of_first_crossing"), ..blank() }, Some(true)),
            (Step { observed_from: date(1990), ..blank() }, Some(true)),
            (Step { declared: text("said"), ..blank() }, Some(false)),
        ];
        for (step, expected) in table {
            let records =
                batch("person:person crossed_on:day direction said", "a 2000-02-13 departure non_resident");
            let (result, _) = applied(step.clone(), records);
            let answer = batch::answers(&result, "migration_nz_12_16").unwrap().iter().next().unwrap();
            assert_eq!(answer, expected, "{step:?}");
        }
    }
}
