//! `op = "stock"`: of the permits of a person, the one that is held on each reference date.

use denizen_residence::Span;
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::operations::expand::{ReferenceDates, check_dates, reference_dates};
use crate::operations::permit_records::{DeclaredRule, PermitRecords, said, span};
use crate::operations::{Declaration, Scope};
use crate::schema::{ColumnInfo, Expansion, SchemaChange};
use crate::text::{Fields, Findings};
use crate::{Code, ColumnType, Diagnostic, Path, columns};

/// From permits to persons on reference dates, as an archive tells that is extracted some time later. A person is there once on a
/// date, in the row of the permit that is held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stock {
    /// The columns of the permits.
    #[serde(flatten)]
    pub records: PermitRecords,
    /// The rule that says what is waited for, and whether a later renewal counts.
    #[serde(flatten)]
    pub rule: DeclaredRule,
    /// The day on which a permit came into the archive; without it each is taken to have been there from its first day on.
    pub entered: Option<String>,
    /// Permits valid for less are no permits, such as `3 months`.
    pub minimum_length: Option<String>,
    /// Reasons in the order in which they take precedence, where a person holds several permits.
    pub precedence: Vec<String>,
    /// The reference dates.
    pub dates: ReferenceDates,
}

impl Stock {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let rule = DeclaredRule::read(fields, &["entry_lag", "renewal_gap"]);
        let dates = reference_dates(fields, fields.optional_date("until"), findings);
        let (entered, minimum_length) =
            (fields.optional_text("entered"), fields.optional_text("minimum_length"));
        let precedence = fields.optional_texts("precedence");
        let records = PermitRecords::read(fields);
        Some(Self { records: records?, rule: rule?, entered, minimum_length, precedence, dates: dates? })
    }

    /// The least length of a permit; none unless stated.
    pub fn minimum_length(&self) -> Option<Span> {
        self.minimum_length.as_deref().map_or(Some(Span::Days(0)), Span::parse)
    }

    /// The archive must have been extracted when all that a date waits for was in.
    fn check_extraction(&self, schema: &mut SchemaChange<'_>) {
        let Some(rule) = said(schema, self.rule.read_stock()) else { return };
        let Some(extracted) = self.records.extracted.days() else { return };
        let late = |date: &Date| date.days().is_some_and(|day| rule.entry_lag.after(day) > extracted);
        let Some(date) = self.dates.dates().find(late) else { return };
        let message = format!("the stock of {date} is not in an archive of {}", self.records.extracted);
        let label = format!("the rule waits {} for late entries and renewals", rule.entry_lag);
        let fault = Diagnostic::error(Code::WrongType, message).at(schema.path().field("extracted"), label);
        schema.fault(fault.help("leave the date out, or give the day of a later extraction"));
    }
}

impl Declaration for Stock {
    fn name(&self) -> &'static str {
        "stock"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Person { person: &self.records.person, order: &self.records.first, sequence: None }
    }

    fn order_field(&self) -> &'static str {
        "first"
    }

    fn rule_name(&self) -> Option<&str> {
        Some(&self.rule.name)
    }

    fn named_codes(&self, path: &Path) -> Vec<(Path, &str, &str)> {
        self.records.named_codes(&self.precedence, path)
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.records.columns().chain(self.entered.as_deref()).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.records.need(schema);
        if let Some(entered) = &self.entered {
            schema.need(entered, "entered", &[ColumnType::Date]);
        }
        if let Some(length) = &self.minimum_length {
            said(schema, span("minimum_length", length));
        }
        if !self.precedence.is_empty() && self.records.reason.is_none() {
            let fault = Diagnostic::error(Code::MissingField, "the field `reason` is missing");
            let path = schema.path().field("precedence");
            schema.fault(fault.at(path, "reasons take precedence, and no column has them"));
        }
        self.check_extraction(schema);
        check_dates(&self.dates, None, schema);
        let made = vec![
            ColumnInfo::new(columns::REFERENCE_DATE, ColumnType::Date),
            ColumnInfo::new(columns::HELD_AS, ColumnType::Code),
        ];
        schema.add_all(made, &schema.path());
        schema.expand(Expansion::new(columns::REFERENCE_DATE, self.dates.dates().collect()));
    }
}
