//! `signs_of_life`: an index of residence, carried from year to year, from the registers in which a person was active.
//!
//! All rows stay. From a row on that does not state a sign, the index of a person is not known, and such rows have no answer.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Decimal128Array, RecordBatch};
use denizen_residence::{
    InitialIndex, Method, ResidencyIndex, Signs, SignsOfLife as Rule, calendar, residency_index,
};
use denizen_spec::{Code, Diagnostic, INDEX_SCALE, PSEUDONYM_BYTES, Path, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};

pub(crate) struct SignsOfLife {
    declared: denizen_spec::SignsOfLife,
    rule: Rule,
    weights: Vec<f64>,
    initial: f64,
    path: Path,
}

const RESIDENCY: [&str; 2] = ["resident", "non_resident"];

/// Digits of a decimal number of 128 bits.
const PRECISION: u8 = 38;

impl SignsOfLife {
    pub(crate) fn new(
        declared: &denizen_spec::SignsOfLife,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let rule = declared.rule().ok_or_else(|| context.unknown_rule(&declared.rule))?;
        let (weights, initial) = (declared.weight_figures(), declared.initial_figure());
        Ok(Self { declared: declared.clone(), rule, weights, initial, path: context.path.clone() })
    }

    /// What the data do not allow: two rows of a year, an index that is none.
    fn refused(&self, error: &denizen_residence::Error) -> Diagnostic {
        use denizen_residence::Error;
        let (message, label) = match error {
            Error::RepeatedYear { .. } => (
                "a person has two rows of one year",
                "each row is a year of a person: add the signs of a year up before, or leave out what repeats",
            ),
            Error::InitialIndexOutOfRange { .. } => {
                ("an index does not lie between 0 and 1", "the column `previous` holds something else")
            }
            _ => ("the signs of life cannot be used", "the rule refuses them"),
        };
        // The error names a row of a part of the records, which says nothing to a reader.
        Diagnostic::error(Code::Rule, message).at(self.path.clone(), label)
    }
}

impl Operation for SignsOfLife {
    fn name(&self) -> String {
        format!("signs_of_life {}", self.declared.name)
    }

    fn rule(&self) -> Option<(String, String)> {
        let mut pairs = Method::Signs(self.rule).parameters();
        pairs.extend([("initial", self.declared.initial.clone())]);
        let mut pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.extend(self.declared.weights.iter().map(|(name, weight)| format!("weight of {name}={weight}")));
        Some((self.declared.name.clone(), format!("signs_of_life({})", pairs.join(", "))))
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let years = Years::new(&batch, &self.declared, self.initial)?;
        let signs: Vec<&[bool]> = years.signs.iter().map(Vec::as_slice).collect();
        let signs = Signs {
            person_starts: &years.person_starts,
            years: &years.years,
            signs: &signs,
            weights: &self.weights,
        };
        let found = residency_index(&signs, &self.rule, InitialIndex::Each(&years.initial));
        let found = found.map_err(|error| Failure::from(self.refused(&error)))?;
        count(report, &years, &found);
        let [index, resident] = columns::residency(&self.declared.name);
        let batch = batch::with_column(batch, &index, index_column(&years, &found)?)?;
        let is_resident = years.spread(&found.resident).map(|resident| Some(u16::from(!resident?)));
        Ok(batch::with_column(batch, &resident, batch::numbered(is_resident, RESIDENCY)?)?)
    }
}

fn count(report: &mut StepReport, years: &Years, found: &ResidencyIndex) {
    let residents = found.resident.iter().filter(|resident| **resident).count();
    report.count("persons", years.person_starts.len() as u64);
    report.count("years_of_residence", residents as u64);
    report.count("rows_without_person_or_date", years.without_person_or_date);
    report.count("rows_from_an_unstated_sign_on", years.not_known);
}

fn index_column(years: &Years, found: &ResidencyIndex) -> Result<ArrayRef> {
    let unit = 10_f64.powi(i32::from(INDEX_SCALE));
    let index = years.spread(&found.index).map(|index| index.map(|index| (index * unit).round() as i128));
    let index: Decimal128Array = index.collect();
    Ok(Arc::new(index.with_precision_and_scale(PRECISION, INDEX_SCALE as i8)?))
}

/// The rows that can be judged, as years of whole persons.
struct Years {
    /// Whether each row of the batch is among them.
    judged: Vec<bool>,
    person_starts: Vec<usize>,
    years: Vec<i32>,
    signs: Vec<Vec<bool>>,
    /// The index of the year before the first row of each person.
    initial: Vec<f64>,
    without_person_or_date: u64,
    not_known: u64,
}

impl Years {
    fn new(batch: &RecordBatch, step: &denizen_spec::SignsOfLife, initial: f64) -> Result<Self> {
        let persons = batch::pseudonyms(batch, &step.person)?;
        let days = batch::days(batch, &step.date)?;
        let registers = step.weights.iter().map(|(column, _)| batch::integers(batch, column));
        let registers = registers.collect::<Result<Vec<_>>>()?;
        let previous = step.previous.as_ref().map(|column| batch::decimals(batch, column)).transpose()?;
        let mut years = Self {
            judged: Vec::with_capacity(batch.num_rows()),
            person_starts: Vec::new(),
            years: Vec::new(),
            signs: vec![Vec::new(); registers.len()],
            initial: Vec::new(),
            without_person_or_date: 0,
            not_known: 0,
        };
        let (mut last_person, mut is_known) = (None, true);
        for (row, (person, day)) in persons.iter().zip(days.iter()).enumerate() {
            let person = person.and_then(<[u8]>::first_chunk::<PSEUDONYM_BYTES>);
            let (Some(person), Some(day)) = (person, day) else {
                years.judged.push(false);
                years.without_person_or_date += 1;
                continue;
            };
            if last_person != Some(person) {
                is_known = true;
            }
            is_known &= registers.iter().all(|register| register.is_valid(row));
            years.judged.push(is_known);
            if !is_known {
                last_person = Some(person);
                years.not_known += 1;
                continue;
            }
            if last_person != Some(person) {
                years.person_starts.push(years.years.len());
                years.initial.push(previous.and_then(|column| number(column, row)).unwrap_or(initial));
                last_person = Some(person);
            }
            years.years.push(calendar(day).0);
            for (signs, register) in years.signs.iter_mut().zip(&registers) {
                signs.push(register.value(row) > 0);
            }
        }
        Ok(years)
    }

    /// Values of the judged rows at their places among all rows.
    fn spread<'a, T: Copy>(&'a self, values: &'a [T]) -> impl Iterator<Item = Option<T>> + 'a {
        let mut values = values.iter().copied();
        self.judged.iter().map(move |judged| if *judged { values.next() } else { None })
    }
}

fn number(column: &Decimal128Array, row: usize) -> Option<f64> {
    let unit = 10_f64.powi(i32::from(column.scale()));
    column.is_valid(row).then(|| column.value(row) as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows, step};

    fn signs(more: &str) -> SignsOfLife {
        let step = step(&format!(
            "op = 'signs_of_life'\nrule = 'ee_index'\nweights = {{ health = 0.6, taxes = 0.4 }}\n{more}"
        ));
        let denizen_spec::Operation::SignsOfLife(declared) = step else { panic!("no signs of life") };
        SignsOfLife {
            rule: declared.rule().unwrap(),
            weights: declared.weight_figures(),
            initial: declared.initial_figure(),
            declared: *declared,
            path: Path::root(),
        }
    }

    /// The example of the preset, a person who was never seen before, and one of whom a sign is not stated in 2011.
    #[test]
    fn the_index_is_carried_from_year_to_year() {
        let table = "
            - 2010-12-31 1 1
            a 2010-12-31 1 2
            a 2011-12-31 0 0
            a 2012-12-31 0 0
            a 2013-12-31 1 0
            a 2014-12-31 1 1
            a 2016-12-31 3 1
            b 2010-12-31 1 1
            b 2011-12-31 - 1
            b 2012-12-31 1 1";
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let records = batch("person:person date:day health:integer taxes:integer", &table);
        let mut report = StepReport::new("signs_of_life");
        let made = signs("initial = 1").apply(records, &mut report).unwrap();
        assert_eq!(
            rows(&made.project(&[4, 5]).unwrap()),
            "- - | 1.000000 resident | 0.800000 resident | 0.640000 non_resident | 0.632000 non_resident | \
             0.705600 resident | 0.651584 non_resident | 1.000000 resident | - - | - -"
        );
        let counted = |name: &str| report.counts.iter().find(|(known, _)| known == name).unwrap().1;
        assert_eq!(
            (counted("rows_without_person_or_date"), counted("rows_from_an_unstated_sign_on")),
            (1, 2)
        );
    }

    #[test]
    fn two_rows_of_a_year_are_refused() {
        let records = batch(
            "person:person date:day health:integer taxes:integer",
            "a 2010-01-01 1 0 | a 2010-12-31 0 1",
        );
        let failure = signs("initial = 1").apply(records, &mut StepReport::new("signs_of_life"));
        match failure {
            Err(Failure::Data(fault)) => assert_eq!(fault.message, "a person has two rows of one year"),
            other => panic!("{other:?}"),
        }
    }
}
