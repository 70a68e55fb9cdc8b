//! `permits`: says of each permit what it is to its holder, to which stay it belongs, and what followed when it expired.
//!
//! All rows stay. Those that are no permits for the rule say why in the column of the event, and have no other answer.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use arrow::error::ArrowError;
use denizen_residence::{
    FirstPermit, JourneyRule, LAST_DAY, PermitEvent, PermitRule, Renewal, RenewalRule, Span, journeys,
    permit_events, permit_renewals,
};
use denizen_spec::{Diagnostic, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::{Holders, LeftOut};

pub(crate) struct Permits {
    declared: denizen_spec::Permits,
    rule: FirstPermit,
    entry_lag: Span,
    extracted: i32,
}

/// What a permit is to its holder, in the order of the numbers of the codes.
const EVENTS: [&str; 4] = ["first", "first_own", "renewal", "change"];
const FIRST_OWN: u16 = 1;

/// Permits of which it is not known whether their reason is another one than before.
const NOT_STATED: &str = "undecided_for_a_reason_not_stated";

const RENEWALS: [&str; 5] = ["renewed", "not_renewed", "overlapped", "undecided", "running"];

/// Classes of the days from the expiry of a permit to the next, by their last day; the first begins before the expiry.
const LAGS: [(i32, &str); 6] =
    [(0, "before_expiry"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (183, "91-183"), (365, "184-365")];
const LONGEST_LAG: &str = "366+";

impl Permits {
    pub(crate) fn new(
        declared: &denizen_spec::Permits,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let rule = declared.rule.first_permit();
        let rule = rule.ok_or_else(|| context.unknown_rule(&declared.rule.rule))?;
        let entry_lag = declared.entry_lag().ok_or_else(|| context.unknown_rule(&declared.rule.rule))?;
        let extracted = declared.records.extracted.days().unwrap_or(LAST_DAY);
        Ok(Self { declared: declared.clone(), rule, entry_lag, extracted })
    }
}

impl Operation for Permits {
    fn name(&self) -> String {
        format!("permits {}", self.declared.rule.name)
    }

    fn rule(&self) -> Option<(String, String)> {
        let mut pairs = PermitRule::FirstPermit(self.rule).parameters();
        pairs.push(("entry_lag", self.entry_lag.to_string()));
        pairs.push(("extracted", self.declared.records.extracted.to_string()));
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some((self.declared.rule.name.clone(), format!("first_permit({})", pairs.join(", "))))
    }

    fn apply(
        &self,
        mut batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let holders = Holders::new(&batch, &self.declared.records, self.rule.minimum_length)?;
        holders.count(report);
        let events = self.events(&batch, &holders, report)?;
        for (event, name) in EVENTS.iter().enumerate() {
            let counted = events.iter().filter(|found| usize::from(**found) == event).count();
            report.count(name, counted as u64);
        }
        let name = &self.declared.rule.name;
        batch = batch::with_column(batch, &columns::event(name), event_column(&holders, &events)?)?;
        for (name, column) in self.stays(&holders)? {
            batch = batch::with_column(batch, &name, column)?;
        }
        for (name, column) in self.renewals(&holders)? {
            batch = batch::with_column(batch, &name, column)?;
        }
        Ok(batch)
    }
}

impl Permits {
    /// The event of each permit, by number. Where it is not known whether the reason is another one, it is a renewal, and counted.
    fn events(&self, batch: &RecordBatch, holders: &Holders, report: &mut StepReport) -> Result<Vec<u16>> {
        let events = permit_events(&holders.permits(), &self.rule).map_err(program)?;
        let not_stated = events.iter().filter(|event| **event == PermitEvent::NotStated).count();
        report.count(NOT_STATED, not_stated as u64);
        let parents = self.declared.parent.as_ref().map(|parent| batch::column(batch, parent)).transpose()?;
        let mut numbers: Vec<u16> = events
            .iter()
            .map(|event| match event {
                PermitEvent::First => 0,
                // Short ones are not among the permits here.
                PermitEvent::Renewal | PermitEvent::NotStated | PermitEvent::TooShort => 2,
                PermitEvent::Change => 3,
            })
            .collect();
        let Some(parents) = parents else { return Ok(numbers) };
        for person in 0..holders.person_starts.len() {
            let is_own = |permit: &usize| !parents.is_valid(holders.rows[*permit] as usize);
            let first_own = holders.of(person).find(is_own).filter(|permit| numbers[*permit] > FIRST_OWN);
            first_own.into_iter().for_each(|permit| numbers[permit] = FIRST_OWN);
        }
        Ok(numbers)
    }

    /// The first and the last day of the stay of each permit; a stay without end has no last day.
    fn stays(&self, holders: &Holders) -> Result<Vec<(String, ArrayRef)>> {
        let rule = JourneyRule { gap: self.rule.gap, comparison: self.rule.comparison };
        let stays = journeys(&holders.permits(), &rule).map_err(program)?;
        let (mut first, mut last) = (vec![None; holders.rows.len()], vec![None; holders.rows.len()]);
        for stay in stays {
            first[stay.rows.clone()].fill(Some(stay.first_day));
            last[stay.rows].fill(Some(stay.last_day).filter(|day| *day < LAST_DAY));
        }
        let names = columns::stay(&self.declared.rule.name).into_iter();
        Ok(names.zip([days(holders, &first), days(holders, &last)]).collect())
    }

    fn renewals(&self, holders: &Holders) -> Result<Vec<(String, ArrayRef)>> {
        let FirstPermit { gap, comparison, .. } = self.rule;
        let rule = RenewalRule { gap, comparison, entry_lag: self.entry_lag };
        let renewals = permit_renewals(&holders.permits(), &rule, self.extracted).map_err(program)?;
        let words: Vec<u16> = renewals.iter().map(|renewal| number_of(*renewal)).collect();
        let lag = |renewal: &Renewal| match renewal {
            Renewal::Renewed { lag } => Some(*lag),
            Renewal::Overlapped | Renewal::NotRenewed | Renewal::Undecided | Renewal::Running => None,
        };
        let lags: Vec<Option<i32>> = renewals.iter().map(lag).collect();
        let class = |lag: i32| LAGS.iter().take_while(|(last, _)| *last < lag).count() as u16;
        let classes: Vec<Option<u16>> = lags.iter().map(|lag| lag.map(class)).collect();
        let words = batch::numbered(holders.spread(&words), RENEWALS)?;
        let names_of_classes = LAGS.map(|(_, name)| name).into_iter().chain([LONGEST_LAG]);
        let classes = batch::numbered(holders.spread(&classes).map(Option::flatten), names_of_classes)?;
        let number = |lag: Option<Option<i32>>| lag.flatten().map(i64::from);
        let lags: ArrayRef = Arc::new(batch::primitive::<Int64Type>(holders.spread(&lags).map(number)));
        let names = columns::renewal(&self.declared.rule.name).into_iter();
        Ok(names.zip([words, classes, lags]).collect())
    }
}

fn number_of(renewal: Renewal) -> u16 {
    match renewal {
        Renewal::Renewed { .. } => 0,
        Renewal::NotRenewed => 1,
        Renewal::Overlapped => 2,
        Renewal::Undecided => 3,
        Renewal::Running => 4,
    }
}

fn days(holders: &Holders, values: &[Option<i32>]) -> ArrayRef {
    Arc::new(batch::primitive::<Date32Type>(holders.spread(values).map(Option::flatten)))
}

/// The events of the permits, and why the other rows have none.
fn event_column(holders: &Holders, events: &[u16]) -> Result<ArrayRef> {
    let events = holders.spread(events);
    let keys = holders.left_out.iter().zip(events).map(|(left_out, event)| match left_out {
        None => event,
        Some(why) => Some((EVENTS.len() + *why as usize) as u16),
    });
    batch::numbered(keys, EVENTS.into_iter().chain(LeftOut::ALL.map(LeftOut::word)))
}

/// Columns that were built here fit together: that a rule refuses them is a fault of the program.
pub(super) fn program(error: denizen_residence::Error) -> ArrowError {
    ArrowError::ComputeError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    fn applied(toml: &str, columns: &str, table: &str) -> (RecordBatch, StepReport) {
        let step = crate::test_batch::step(toml);
        let denizen_spec::Operation::Permits(declared) = &step else { panic!("{step:?}") };
        let rule = declared.rule.first_permit().unwrap();
        let extracted = declared.records.extracted.days().unwrap();
        let entry_lag = declared.entry_lag().unwrap();
        let permits = Permits { declared: (**declared).clone(), rule, entry_lag, extracted };
        let mut report = StepReport::new("permits");
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        (permits.apply(batch(columns, &table), &mut report).unwrap(), report)
    }

    const EU: &str = "op = 'permits'\nrule = 'eu_first_permit'\nfirst = 'first'\nlast = 'last'\nextracted = 2021-12-31\n\
                      reason = 'reason'\nlong_term = { reason = 'lt' }\nparent = 'parent'";
    const COLUMNS: &str = "person:person first:day last:day reason parent";

    /// The events and renewals of the example of the research note, of a minor, and of rows that are no permits.
    #[test]
    fn each_permit_says_what_it_is() {
        let table = "
            - 2015-01-01 2015-12-31 study -
            a 2015-01-01 2015-12-31 study -
            a 2016-05-31 2017-05-30 study -
            a 2018-02-28 2019-02-27 work  -
            b 2015-01-01 2015-12-31 family P1
            b 2016-01-01 2016-12-31 family -
            b 2016-12-15 -          lt    -
            c 2015-01-01 2015-03-30 study -
            c 2016-01-01 2015-03-30 study -
            c 2016-01-02 -          study -
            c 2021-07-01 2021-12-31 study -
            c 2022-01-01 2022-12-31 study -";
        let (result, report) = applied(EU, COLUMNS, table);
        let shown = result.project(&[5, 8, 9, 10]).unwrap();
        let expected = "
            no_person - - -
            first renewed 91-183 152
            renewal not_renewed - -
            first not_renewed - -
            first renewed 1-30 1
            first_own renewed before_expiry -16
            change running - -
            too_short - - -
            ends_before_it_begins - - -
            no_validity - - -
            first undecided - -
            after_extraction - - -";
        let expected = expected.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        assert_eq!(rows(&shown), expected);
        let counted = |name: &str| report.counts.iter().find(|(known, _)| known == name).unwrap().1;
        assert_eq!((counted("first"), counted("first_own"), counted("change")), (4, 1, 1));
    }

    /// A permit for work follows one for study after four months without a journey: one stay, whatever the reasons; and one more where
    /// ten months lie between.
    #[test]
    fn a_stay_is_one_where_the_reason_changes() {
        let table = "
            a 2015-01-01 2015-12-31 study -
            a 2016-05-01 2017-04-30 work -
            a 2018-03-01 - lt -";
        let (result, _) = applied(EU, COLUMNS, table);
        let stays = rows(&result.project(&[6, 7]).unwrap());
        assert_eq!(stays, "2015-01-01 2017-04-30 | 2015-01-01 2017-04-30 | 2018-03-01 -");
        let uk = EU.replace("eu_first_permit", "uk_journey");
        let (result, _) = applied(&uk, COLUMNS, table);
        let stays = rows(&result.project(&[6, 7]).unwrap());
        assert_eq!(stays, "2015-01-01 - | 2015-01-01 - | 2015-01-01 -");
    }

    /// A reason that is not stated is no change, and no renewal in silence.
    #[test]
    fn a_reason_that_is_not_stated_is_counted() {
        let table = "
            a 2015-01-01 2015-12-31 -     -
            a 2016-01-01 2016-12-31 study -
            a 2017-01-01 2017-12-31 -     -
            a 2018-01-01 2018-12-31 work  -";
        let (result, report) = applied(EU, COLUMNS, table);
        assert_eq!(rows(&result.project(&[5]).unwrap()), "first | renewal | renewal | change");
        let counted =
            |report: &StepReport| report.counts.iter().find(|(name, _)| name == NOT_STATED).unwrap().1;
        assert_eq!(counted(&report), 2);
        // Without a column of reasons all are of one.
        let without = EU.replace("reason = 'reason'\n", "").replace("long_term = { reason = 'lt' }\n", "");
        let (result, report) = applied(&without, COLUMNS, table);
        assert_eq!(rows(&result.project(&[5]).unwrap()), "first | renewal | renewal | renewal");
        assert_eq!(counted(&report), 0);
    }

    #[test]
    fn the_order_of_rows_decides_nothing() {
        let permits = [
            "a 2015-01-01 2015-12-31 work   -",
            "a 2015-01-01 2015-12-31 family -",
            "a 2015-01-01 2016-06-30 study  -",
            "a 2015-01-01 2015-12-31 -      -",
        ];
        let told = [("study", "first"), ("family", "change"), ("work", "change"), ("-", "renewal")];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let (result, _) = applied(EU, COLUMNS, &order.map(|row: usize| permits[row]).join("\n"));
            let found = rows(&result.project(&[3, 5]).unwrap());
            let mut found: Vec<&str> = found.split(" | ").collect();
            found.sort_unstable();
            let mut expected = told.map(|(reason, event)| format!("{reason} {event}"));
            expected.sort_unstable();
            assert_eq!(found, expected, "{order:?}");
        }
    }
}
