//! `residence`: decides by a rule which crossings are migrations.
//!
//! Adds the column `migration_<rule>`: yes, no, or absent where it cannot be known. Rows without a person, a date or a
//! direction cannot be judged; they stay, without an answer, and are counted.

use denizen_residence::{
    Classification, Crossings, Direction, LastExitNoReturn, Method, Options, Period, Rule, classify, preset,
    presets,
};
use denizen_spec::{Code, Diagnostic, Residence, Spanned, columns, did_you_mean};
use polars::prelude::*;

use crate::operations::Counts;

pub(crate) struct Prepared {
    person: String,
    date: String,
    direction: String,
    column: String,
    rule: Rule,
    until: i32,
}

impl Prepared {
    pub(crate) fn new(residence: &Residence) -> Result<Self, Diagnostic> {
        let name = &residence.rule;
        let fault =
            |message: String, label: &str| Diagnostic::error(Code::Rule, message).at(name.span(), label);
        let names: Vec<&str> = presets().iter().map(|preset| preset.name).collect();
        let Some(preset) = preset(name.get_ref()) else {
            return Err(fault(format!("unknown rule `{}`", name.get_ref()), "not a preset")
                .maybe_help(did_you_mean(name.get_ref(), names.iter().copied()))
                .note(format!("the presets are {}", names.join(", "))));
        };
        let Method::Crossings(mut rule) = preset.method else {
            return Err(fault(
                format!("the rule `{}` works on permits", preset.name),
                "crossings need another rule",
            ));
        };
        let day =
            |date: &Option<Spanned<denizen_spec::Date>>| date.as_ref().and_then(|date| date.get_ref().days());
        let Some(until) = day(&residence.until).or(preset.until) else {
            return Err(fault(
                format!("the rule `{}` needs to know how far the data go", preset.name),
                "add `until`",
            ));
        };
        if let Rule::LastExitNoReturn(last_exit) = &mut rule {
            last_exit.period = period(last_exit, day(&residence.from), until);
        }
        rule.check().map_err(|error| fault(error.to_string(), "cannot be applied"))?;
        Ok(Self {
            person: residence.person.get_ref().clone(),
            date: residence.date.get_ref().clone(),
            direction: residence.direction.get_ref().clone(),
            column: columns::migration(name.get_ref()),
            rule,
            until,
        })
    }

    pub(crate) fn person_columns(&self) -> (&str, &str) {
        (&self.person, &self.date)
    }

    pub(crate) fn apply(&self, mut frame: DataFrame, counts: &mut Counts) -> PolarsResult<DataFrame> {
        let histories = Histories::new(&frame, self)?;
        let crossings = Crossings {
            person_starts: &histories.person_starts,
            days: &histories.days,
            directions: &histories.directions,
        };
        let classified = classify(&crossings, &self.rule, &Options::new(self.until));
        let classified = classified.map_err(|error| polars_err!(ComputeError: "{error}"))?;
        let mut migration = vec![None; frame.height()];
        for (row, answer) in histories.rows.iter().zip(&classified.migration) {
            migration[*row] = *answer;
        }
        count(counts, &classified, frame.height() - histories.rows.len());
        let answers: BooleanChunked = migration.into_iter().collect();
        frame.with_column(answers.with_name(self.column.as_str().into()).into_column())?;
        Ok(frame)
    }
}

/// The period of a last-exit rule: what the step says, else what the preset says, and never beyond the cut-off.
fn period(rule: &LastExitNoReturn, from: Option<i32>, until: i32) -> Option<Period> {
    match (from, rule.period) {
        (None, None) => None,
        (from, preset) => Some(Period {
            first: from.or(preset.map(|period| period.first)).unwrap_or(denizen_residence::FIRST_DAY),
            last: until,
        }),
    }
}

fn count(counts: &mut Counts, classified: &Classification, unjudged: usize) {
    let of = classified.counts;
    let yes = classified.migration.iter().filter(|answer| **answer == Some(true)).count();
    let named = [
        ("persons", of.persons),
        ("migrations", yes as u64),
        ("rows_without_person_date_or_direction", unjudged as u64),
        ("rows_after_cut_off", of.after_until),
        ("persons_with_same_direction_pairs", of.faulty_persons),
        ("same_direction_pairs", of.faulty_pairs),
    ];
    counts.extend(named.map(|(name, count)| (name.to_owned(), count)));
}

/// The rows of a frame that can be judged, as columns of whole histories.
struct Histories {
    /// Which row of the frame each is.
    rows: Vec<usize>,
    person_starts: Vec<usize>,
    days: Vec<i32>,
    directions: Vec<Direction>,
}

impl Histories {
    fn new(frame: &DataFrame, rule: &Prepared) -> PolarsResult<Self> {
        let persons = frame.column(&rule.person)?.str()?;
        let days = frame.column(&rule.date)?.date()?.physical();
        let directions = frame.column(&rule.direction)?.str()?;
        let possible = denizen_residence::FIRST_DAY..=denizen_residence::LAST_DAY;
        let mut histories =
            Self { rows: Vec::new(), person_starts: Vec::new(), days: Vec::new(), directions: Vec::new() };
        let mut last_person = None;
        for (row, ((person, day), direction)) in
            persons.iter().zip(days.iter()).zip(directions.iter()).enumerate()
        {
            let (Some(person), Some(day), Some(direction)) = (person, day, direction.map(read_direction))
            else {
                continue;
            };
            let direction = direction?;
            if !possible.contains(&day) {
                continue;
            }
            if last_person != Some(person) {
                histories.person_starts.push(histories.rows.len());
                last_person = Some(person);
            }
            histories.rows.push(row);
            histories.days.push(day);
            histories.directions.push(direction);
        }
        Ok(histories)
    }
}

fn read_direction(code: &str) -> PolarsResult<Direction> {
    match code {
        "arrival" => Ok(Direction::Arrival),
        "departure" => Ok(Direction::Departure),
        _ => polars_bail!(ComputeError: "a direction is neither `arrival` nor `departure`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spanned<T>(value: T) -> Spanned<T> {
        Spanned::new(0..0, value)
    }

    fn residence(rule: &str) -> Residence {
        Residence {
            rule: spanned(rule.to_owned()),
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
        let days = |row: &Vec<&str>| denizen_spec::DateFormat::iso().days(row[1].as_bytes());
        let frame = df!(
            "person" => rows.iter().map(|row| Some(row[0]).filter(|id| *id != "-")).collect::<Vec<_>>(),
            "direction" => rows.iter().map(|row| row[2]).collect::<Vec<_>>(),
        );
        let mut frame = frame.unwrap();
        let dates: Int32Chunked = rows.iter().map(days).collect();
        frame.with_column(dates.with_name("crossed_on".into()).into_date().into_column()).unwrap();
        let mut counts = Vec::new();
        let result = Prepared::new(&residence("pe_1990_2007")).unwrap().apply(frame, &mut counts).unwrap();
        let answers = result.column("migration_pe_1990_2007").unwrap().bool().unwrap();
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
}
