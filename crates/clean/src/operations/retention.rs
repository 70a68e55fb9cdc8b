//! `retention`: cohorts of entrants, and where their members are on later dates.
//!
//! The rows that come out are those of the first permits, once for each reference date; all others are left out.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, UInt32Array};
use denizen_residence::{
    FirstPermit, Followed, LAST_DAY, Outcome, PermitEvent, PermitRule, RenewalRule, calendar, outcomes,
    permit_events,
};
use denizen_spec::{Diagnostic, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::{Holders, count_rows, days_of, rows_of};
use crate::operations::permits::program;

pub(crate) struct Retention {
    declared: denizen_spec::Retention,
    rule: FirstPermit,
    renewal: RenewalRule,
    extracted: i32,
    dates: Vec<i32>,
}

const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Valid, "valid"),
    (Outcome::LongTerm, "long_term"),
    (Outcome::Naturalised, "naturalised"),
    (Outcome::Left, "left"),
    (Outcome::Undecided, "undecided"),
];

/// A member of a cohort on a reference date.
struct Member {
    /// The row of the first permit.
    row: u32,
    date: i32,
    cohort: i32,
    outcome: Outcome,
    /// Whether the person was a citizen before the permit began.
    entered_as_citizen: bool,
}

impl Retention {
    pub(crate) fn new(
        declared: &denizen_spec::Retention,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let unknown = || context.unknown_rule(&declared.rule.rule);
        let rule = declared.rule.first_permit().ok_or_else(unknown)?;
        let renewal = declared.renewal_rule().ok_or_else(unknown)?;
        let extracted = declared.records.extracted.days().unwrap_or(LAST_DAY);
        Ok(Self { rule, renewal, extracted, dates: days_of(&declared.dates), declared: declared.clone() })
    }

    /// The day on which each person became a citizen: the first that a record of the person states, be it a permit for the rule or not.
    fn naturalised(&self, batch: &RecordBatch, holders: &Holders) -> Result<Vec<Option<i32>>> {
        let persons = 0..holders.person_starts.len();
        let Some(column) = &self.declared.naturalised else { return Ok(vec![None; persons.len()]) };
        let stated = batch::days(batch, column)?;
        let records = batch::pseudonyms(batch, &self.declared.records.person)?;
        let mut days: HashMap<&[u8], i32> = HashMap::new();
        for (person, day) in records.iter().zip(stated.iter()) {
            if let (Some(person), Some(day)) = (person, day) {
                days.entry(person).and_modify(|first| *first = day.min(*first)).or_insert(day);
            }
        }
        let person = |person: usize| records.value(holders.rows[holders.person_starts[person]] as usize);
        Ok(persons.map(|index| days.get(person(index)).copied()).collect())
    }

    /// The first permits by which a person enters cohorts, each year once: permit and year.
    fn entries(&self, holders: &Holders, events: &[PermitEvent], person: usize) -> Vec<(usize, i32)> {
        let first = holders.of(person).filter(|permit| events[*permit] == PermitEvent::First);
        let mut entries: Vec<(usize, i32)> =
            first.map(|permit| (permit, calendar(holders.valid_from[permit]).0)).collect();
        entries.dedup_by_key(|(_, year)| *year);
        entries
    }

    fn members(&self, holders: &Holders, naturalised: &[Option<i32>]) -> Result<Vec<Member>> {
        let events = permit_events(&holders.permits(), &self.rule).map_err(program)?;
        let followed = Followed {
            permits: holders.permits(),
            long_term: &holders.long_term,
            naturalised_on: naturalised,
        };
        let on = |date: &i32| outcomes(&followed, &self.renewal, self.extracted, *date).map_err(program);
        let outcomes = self.dates.iter().map(on).collect::<Result<Vec<_>>>()?;
        let mut members = Vec::new();
        for person in 0..holders.person_starts.len() {
            for (permit, cohort) in self.entries(holders, &events, person) {
                let row = holders.rows[permit];
                let entered_as_citizen =
                    naturalised[person].is_some_and(|day| day < holders.valid_from[permit]);
                let member = |date, outcome| Member { row, date, cohort, outcome, entered_as_citizen };
                for (date, outcomes) in self.dates.iter().zip(&outcomes) {
                    let outcome = outcomes[person].filter(|_| *date >= holders.valid_from[permit]);
                    members.extend(outcome.map(|outcome| member(*date, outcome)));
                }
            }
        }
        Ok(members)
    }
}

impl Operation for Retention {
    fn name(&self) -> String {
        format!("retention {}", self.declared.rule.name)
    }

    fn rule(&self) -> Option<(String, String)> {
        let mut pairs = PermitRule::FirstPermit(self.rule).parameters();
        pairs.push(("renewal_gap", self.renewal.gap.to_string()));
        pairs.push(("entry_lag", self.renewal.entry_lag.to_string()));
        pairs.push(("extracted", self.declared.records.extracted.to_string()));
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some((self.declared.rule.name.clone(), format!("first_permit({})", pairs.join(", "))))
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let holders = Holders::new(&batch, &self.declared.records, self.rule.minimum_length)?;
        holders.count(report);
        let naturalised = self.naturalised(&batch, &holders)?;
        let members = self.members(&holders, &naturalised)?;
        for (outcome, name) in OUTCOMES {
            let counted = members.iter().filter(|member| member.outcome == outcome).count();
            report.count(name, counted as u64);
        }
        let as_citizens = members.iter().filter(|member| member.entered_as_citizen).count();
        report.count("naturalised_before_the_first_permit", as_citizens as u64);
        let rows: Vec<u32> = members.iter().map(|member| member.row).collect();
        count_rows(report, batch.num_rows(), &rows);
        let mut made = rows_of(&batch, &UInt32Array::from(rows))?;
        let year = |date: i32| i64::from(calendar(date).0);
        let years: Int64Array = members.iter().map(|of| Some(year(of.date) - i64::from(of.cohort))).collect();
        let outcome = |of: &Member| {
            OUTCOMES.iter().position(|(known, _)| *known == of.outcome).map(|index| index as u16)
        };
        let outcomes = batch::numbered(members.iter().map(outcome), OUTCOMES.map(|(_, name)| name))?;
        let dates: ArrayRef = Arc::new(members.iter().map(|of| Some(of.date)).collect::<Date32Array>());
        let cohorts = members.iter().map(|of| Some(i64::from(of.cohort))).collect::<Int64Array>();
        for (name, column) in [
            (columns::REFERENCE_DATE, dates),
            (columns::COHORT, Arc::new(cohorts) as ArrayRef),
            (columns::YEARS_SINCE, Arc::new(years)),
            (columns::OUTCOME, outcomes),
        ] {
            made = batch::with_column(made, name, column)?;
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows, step};

    fn retention(more: &str) -> Retention {
        let step = step(&format!(
            "op = 'retention'\nrule = 'eu_first_permit'\nfirst = 'first'\nlast = 'last'\nextracted = 2020-12-31\n\
             long_term = {{ type = 'lt' }}\nnaturalised = 'citizen'\nevery = '12-31'\nfrom = 2016-01-01\n\
             until = 2018-12-31\n{more}"
        ));
        let denizen_spec::Operation::Retention(declared) = step else { panic!("no retention") };
        Retention {
            rule: declared.rule.first_permit().unwrap(),
            renewal: declared.renewal_rule().unwrap(),
            extracted: declared.records.extracted.days().unwrap(),
            dates: days_of(&declared.dates),
            declared: *declared,
        }
    }

    fn shown(retention: &Retention) -> String {
        let table = "
            a 2016-03-01 2017-02-28 ft -
            a 2017-06-01 2018-05-31 ft -
            b 2016-03-01 2016-11-30 ft 2018-07-01
            b 2017-02-01 -          lt 2018-07-01
            c 2016-03-01 2016-09-30 ft -
            c 2018-03-01 2019-02-28 ft -
            - 2016-03-01 2016-09-30 ft -";
        counted(retention, table).0
    }

    fn counted(retention: &Retention, table: &str) -> (String, StepReport) {
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let records = batch("person:person first:day last:day type citizen:day", &table);
        let read = records.num_rows() as u64;
        let mut report = StepReport { read, ..StepReport::new("retention") };
        let made = retention.apply(records, &mut report).unwrap();
        assert_eq!(report.accepted(), Some(made.num_rows() as u64));
        (rows(&made.project(&[0, 6, 7, 8]).unwrap()), report)
    }

    /// By hand: the records that say that a, c and d are citizens are no permits for the rule: too short, without a last day, without
    /// days. b was one before the first permit.
    #[test]
    fn any_record_tells_who_is_a_citizen() {
        let table = "
            a 2016-03-01 2017-02-28 ft -
            a 2017-03-01 2017-04-28 ft 2017-04-28
            b 2016-03-01 2017-02-28 ft 2015-05-01
            c -          -          ft 2018-02-01
            c 2016-03-01 2017-02-28 ft 2018-03-01
            d 2018-03-01 2018-12-31 ft -
            d 2018-05-01 -          ft 2018-07-01
            e -          -          ft 2015-01-01
            - -          -          ft 2015-01-01
            f 2018-03-01 2018-12-31 ft -";
        let (found, report) = counted(&retention(""), table);
        assert_eq!(
            found,
            "a 2016 0 valid | a 2016 1 naturalised | a 2016 2 naturalised | b 2016 0 naturalised | \
             b 2016 1 naturalised | b 2016 2 naturalised | c 2016 0 valid | c 2016 1 left | c 2016 2 naturalised | \
             d 2018 0 naturalised | f 2018 0 valid"
        );
        let before = ("naturalised_before_the_first_permit".to_owned(), 3);
        assert!(report.counts.contains(&before), "{:?}", report.counts);
    }

    /// By hand: a is there until May 2018; b lets the first permit expire on 30 November 2016, gets one for long-term residence two
    /// months later, and becomes a citizen in July 2018; c leaves and enters a second cohort in 2018.
    #[test]
    fn members_of_cohorts_are_followed() {
        assert_eq!(
            shown(&retention("")),
            "a 2016 0 valid | a 2016 1 valid | a 2016 2 left | b 2016 0 valid | b 2016 1 long_term | \
             b 2016 2 naturalised | c 2016 0 left | c 2016 1 left | c 2016 2 valid | c 2018 0 valid"
        );
        let strict = shown(&retention("renewal_gap = '0 days'"));
        assert!(strict.contains("b 2016 0 left") && strict.contains("c 2016 2 valid"), "{strict}");
    }
}
