//! `stock`: permits become their holders on reference dates, each person once, in the row of the permit that is held.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, RecordBatch, UInt32Array};
use denizen_residence::{Held, PermitRule, PermitStock, Span, StockReason, permit_holders};
use denizen_spec::{Diagnostic, StepReport, columns};

use crate::batch::{self, Result};
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::{Holders, count_rows, days_of, rows_of};
use crate::operations::permits::program;

pub(crate) struct Stock {
    declared: denizen_spec::Stock,
    rule: PermitStock,
    minimum_length: Span,
    dates: Vec<i32>,
}

const REASONS: [(StockReason, &str); 3] = [
    (StockReason::Valid, "valid"),
    (StockReason::EnteredLater, "entered_later"),
    (StockReason::RenewedLater, "renewed_later"),
];

/// Persons who hold permits for several reasons with the same days, of which `precedence` says nothing: the code decides.
const BY_CODE: &str = "persons_by_the_code_of_the_reason";

/// Persons who hold several permits with the same days and reason: the first in the files is shown.
const BY_ROWS: &str = "persons_by_the_first_of_equal_permits";

impl Stock {
    pub(crate) fn new(
        declared: &denizen_spec::Stock,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let unknown = || context.unknown_rule(&declared.rule.rule);
        let rule = declared.rule.stock().ok_or_else(unknown)?;
        let minimum_length = declared.minimum_length().ok_or_else(unknown)?;
        Ok(Self { rule, minimum_length, dates: days_of(&declared.dates), declared: declared.clone() })
    }

    /// The day from which each permit is known: the one on which it came into the archive, or its first day where that is later or no
    /// other is stated. A renewal that begins after the lag is not known then, however late the archive was extracted.
    fn entered(&self, batch: &RecordBatch, holders: &Holders, report: &mut StepReport) -> Result<Vec<i32>> {
        let Some(entered) = &self.declared.entered else { return Ok(holders.valid_from.clone()) };
        let days = batch::days(batch, entered)?;
        let days: Vec<Option<i32>> = holders.rows.iter().map(|row| value(days, *row)).collect();
        let without = days.iter().filter(|day| day.is_none()).count();
        report.count("permits_without_day_of_entry", without as u64);
        let known = days.into_iter().zip(&holders.valid_from);
        Ok(known.map(|(entered, from)| entered.map_or(*from, |day| day.max(*from))).collect())
    }
}

impl Operation for Stock {
    fn name(&self) -> String {
        format!("stock {}", self.declared.rule.name)
    }

    fn rule(&self) -> Option<(String, String)> {
        let mut pairs = PermitRule::Stock(self.rule).parameters();
        pairs.push(("minimum_length", self.minimum_length.to_string()));
        pairs.push(("extracted", self.declared.records.extracted.to_string()));
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some((self.declared.rule.name.clone(), format!("permit_stock({})", pairs.join(", "))))
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let holders = Holders::new(&batch, &self.declared.records, self.minimum_length)?;
        holders.count(report);
        let entered = self.entered(&batch, &holders, report)?;
        let ranks = holders.ranks(&batch, &self.declared.records, &self.declared.precedence)?;
        let mut held = Vec::new();
        for date in &self.dates {
            let extracted = self.rule.entry_lag.after(*date);
            let found = permit_holders(&holders.permits(), &entered, &ranks, &self.rule, *date, extracted);
            let found = found.map_err(program)?.into_iter().enumerate();
            held.extend(found.filter_map(|(person, held)| Some((person, *date, held?))));
        }
        // Persons in order, and the dates of each: which persons are in one batch must not show.
        held.sort_unstable_by_key(|(person, date, _)| (*person, *date));
        let [by_code, by_rows] = alike(&held, &holders, &ranks);
        report.count(BY_CODE, by_code);
        report.count(BY_ROWS, by_rows);
        for (reason, name) in REASONS {
            let counted = held.iter().filter(|(.., held)| held.reason == reason).count();
            report.count(name, counted as u64);
        }
        let rows: Vec<u32> = held.iter().map(|(.., held)| holders.rows[held.row]).collect();
        count_rows(report, batch.num_rows(), &rows);
        let made = rows_of(&batch, &UInt32Array::from(rows))?;
        let dates: ArrayRef = Arc::new(held.iter().map(|(_, date, _)| Some(*date)).collect::<Date32Array>());
        let made = batch::with_column(made, columns::REFERENCE_DATE, dates)?;
        let reason =
            |reason| REASONS.iter().position(|(known, _)| *known == reason).map(|index| index as u16);
        let reasons = held.iter().map(|(.., held)| reason(held.reason));
        let reasons = batch::numbered(reasons, REASONS.map(|(_, name)| name))?;
        Ok(batch::with_column(made, columns::HELD_AS, reasons)?)
    }
}

/// How many persons hold another permit on some date with the same rank and the same days: for another reason, and for the same one.
/// Permits of the same first day stand together, and the one that is held before the others.
fn alike(held: &[(usize, i32, Held)], holders: &Holders, ranks: &[u32]) -> [u64; 2] {
    let days = |permit: usize| (holders.valid_from[permit], holders.valid_to[permit]);
    let mut persons = [0, 0];
    for dates in held.chunk_by(|one, other| one.0 == other.0) {
        let mut is_alike = [false, false];
        for (person, _, Held { row, .. }) in dates {
            let others = (row + 1..holders.of(*person).end).take_while(|other| days(*other) == days(*row));
            for other in others.filter(|other| ranks[*other] == ranks[*row]) {
                is_alike[usize::from(holders.reasons[other] == holders.reasons[*row])] = true;
            }
        }
        persons.iter_mut().zip(is_alike).for_each(|(persons, is_alike)| *persons += u64::from(is_alike));
    }
    persons
}

fn value(days: &Date32Array, row: u32) -> Option<i32> {
    days.is_valid(row as usize).then(|| days.value(row as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows, step};

    fn stock(more: &str) -> Stock {
        let step = step(&format!(
            "op = 'stock'\nfirst = 'first'\nlast = 'last'\nextracted = 2020-12-31\nreason = 'reason'\n\
             long_term = {{ reason = 'lt' }}\n{more}"
        ));
        let denizen_spec::Operation::Stock(declared) = step else { panic!("no stock") };
        let (rule, dates) = (declared.rule.stock().unwrap(), days_of(&declared.dates));
        Stock { rule, dates, minimum_length: declared.minimum_length().unwrap(), declared: *declared }
    }

    fn shown(stock: &Stock, table: &str) -> String {
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let records = batch("person:person first:day last:day entered:day reason", &table);
        let mut report = StepReport { read: records.num_rows() as u64, ..StepReport::new("stock") };
        let made = stock.apply(records, &mut report).unwrap();
        assert_eq!(report.accepted(), Some(made.num_rows() as u64));
        rows(&made.project(&[0, 4, 5, 6]).unwrap())
    }

    const TABLE: &str = "
        - 2018-01-01 2020-12-31 2018-01-01 work
        a 2018-01-01 2019-06-30 2018-01-15 work
        b 2018-06-01 2019-05-31 2019-03-01 family
        c 2018-01-01 2018-12-01 2018-01-01 study
        c 2019-02-01 2020-01-31 2019-02-15 work
        d 2018-01-01 2018-12-01 2018-01-01 study
        d 2019-02-01 2020-01-31 2019-08-15 work
        e 2018-01-01 2018-12-01 2018-01-01 study
        f 2017-01-01 2020-12-31 2017-01-01 work
        f 2017-03-01 -          2017-03-01 lt
        g 2018-11-01 2019-12-31 -          study
        h 2018-12-15 2019-02-10 2018-12-15 study";

    #[test]
    fn italy_waits_for_entries_and_renewals() {
        let italy = stock("rule = 'it_stock'\nat = ['2019-01-01', '2020-01-01']\nentered = 'entered'");
        assert_eq!(
            shown(&italy, TABLE),
            "a work 2019-01-01 valid | b family 2019-01-01 entered_later | c study 2019-01-01 renewed_later | \
             c work 2020-01-01 valid | d work 2020-01-01 valid | f lt 2019-01-01 valid | f lt 2020-01-01 valid | \
             g study 2019-01-01 valid | h study 2019-01-01 valid"
        );
    }

    #[test]
    fn europe_counts_what_is_valid_on_the_day() {
        let europe = stock(
            "rule = 'eu_stock'\nat = '2018-12-31'\nentered = 'entered'\nminimum_length = '3 months'\nprecedence = ['study']",
        );
        assert_eq!(
            shown(&europe, TABLE),
            "a work 2018-12-31 valid | f lt 2018-12-31 valid | g study 2018-12-31 valid"
        );
    }

    /// By hand: a renews on 1 March 2019, 59 days after the date. Who waits no day does not know it, nor from a day of entry before it
    /// begins; who waits 59 days does.
    #[test]
    fn each_date_is_seen_as_of_the_lag_after_it() {
        let table = "
            a 2018-01-01 2018-12-01 2018-01-01 study
            a 2019-03-01 2020-01-31 2018-12-20 work";
        let at = "at = '2019-01-01'\nrule = 'permit_stock'\nrenewal_gap = '6 months'";
        for (lag, entered, expected) in [
            ("0 days", "", ""),
            ("0 days", "entered = 'entered'", ""),
            ("58 days", "", ""),
            ("59 days", "", "a study 2019-01-01 renewed_later"),
            ("59 days", "entered = 'entered'", "a study 2019-01-01 renewed_later"),
        ] {
            let stock = stock(&format!("{at}\nentry_lag = '{lag}'\n{entered}"));
            assert_eq!(shown(&stock, table), expected, "{lag} {entered}");
        }
    }

    /// Long-term residence decides only where the declared precedence does not.
    #[test]
    fn long_term_permits_come_before_equal_ones() {
        let table = "
            a 2018-01-01 2019-12-31 - work
            a 2018-02-01 -          - lt
            b 2018-01-01 -          - lt
            b 2018-02-01 2019-12-31 - family";
        let europe = stock("rule = 'eu_stock'\nat = '2018-12-31'\nprecedence = ['family']");
        assert_eq!(shown(&europe, table), "a lt 2018-12-31 valid | b family 2018-12-31 valid");
        let europe = stock("rule = 'eu_stock'\nat = '2018-12-31'");
        assert_eq!(shown(&europe, table), "a lt 2018-12-31 valid | b lt 2018-12-31 valid");
    }

    #[test]
    fn reasons_take_precedence_as_declared() {
        let table = "
            a 2018-01-01 2019-12-31 - work
            a 2018-02-01 2019-12-31 - family
            b 2018-02-01 2019-12-31 - -
            b 2018-03-01 2019-12-31 - family
            c 2018-01-01 2019-12-31 - study
            c 2018-02-01 2019-12-31 - work";
        let with = |precedence: &str| stock(&format!("rule = 'eu_stock'\nat = '2018-12-31'\n{precedence}"));
        let reasons = |stock: &Stock| {
            let shown = shown(stock, table);
            shown.split(" | ").map(|row| row.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(reasons(&with("")), ["work", "-", "study"]);
        assert_eq!(reasons(&with("precedence = ['family', 'work']")), ["family", "family", "work"]);
    }

    /// Two permits for the same days, and nothing says which comes first: the code decides, not the file, and the report says of how many.
    #[test]
    fn the_order_of_rows_decides_nothing() {
        let permits = [
            "a 2018-01-01 2019-12-31 - work",
            "a 2018-01-01 2019-12-31 - family",
            "a 2018-01-01 2018-12-31 - bill",
            "b 2018-01-01 2019-12-31 - work",
            "b 2018-01-01 2019-12-31 - work",
            "c 2018-01-01 2019-12-31 - work",
            "c 2018-01-01 2019-12-31 - -",
            "d 2018-01-01 2019-06-30 - work",
            "d 2018-01-01 2019-12-31 - study",
        ];
        let table = [
            ("", [0, 1, 2, 3, 4, 5, 6, 7, 8], "family work work study", [2, 1]),
            ("", [2, 1, 0, 4, 3, 6, 5, 8, 7], "family work work study", [2, 1]),
            ("precedence = ['work']", [0, 1, 2, 3, 4, 5, 6, 7, 8], "work work work work", [0, 1]),
        ];
        for (more, order, expected, counts) in table {
            let stock = stock(&format!("rule = 'eu_stock'\nat = ['2018-06-30', '2018-12-31']\n{more}"));
            let rows_in = order.map(|row: usize| permits[row]).join(" | ");
            let records = batch("person:person first:day last:day entered:day reason", &rows_in);
            let mut report = StepReport { read: records.num_rows() as u64, ..StepReport::new("stock") };
            let made = rows(&stock.apply(records, &mut report).unwrap().project(&[4]).unwrap());
            let reasons: Vec<&str> = made.split(" | ").step_by(2).collect();
            assert_eq!(reasons.join(" "), expected, "{order:?}");
            let counted = |name: &str| report.counts.iter().find(|(known, _)| known == name).unwrap().1;
            assert_eq!([counted(BY_CODE), counted(BY_ROWS)], counts, "{order:?}");
        }
    }
}
