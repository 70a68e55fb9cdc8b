//! `op = "retention"`: cohorts of entrants, and where their members are on later dates.

use denizen_residence::{Comparison, RenewalRule, Span};
use serde::{Deserialize, Serialize};

use crate::operations::expand::{ReferenceDates, check_dates, reference_dates};
use crate::operations::permit_records::{DeclaredRule, PermitRecords, said, span};
use crate::operations::{Declaration, Scope};
use crate::schema::{CALENDAR_YEAR, ColumnInfo, Expansion, SchemaChange};
use crate::text::{Fields, Findings};
use crate::{ColumnType, Path, columns};

/// Whoever gets a first permit in a year belongs to the cohort of that year, once. Of each member a row is made for every reference date
/// from the first day of that permit on, with what is known of the person then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// The columns of the permits.
    #[serde(flatten)]
    pub records: PermitRecords,
    /// The rule that says which permits are first permits.
    #[serde(flatten)]
    pub rule: DeclaredRule,
    /// The day on which the person became a citizen, which any record of the person may state.
    pub naturalised: Option<String>,
    /// How long a permit may have expired before the next begins, for the person to have been there all the while; the gap of the
    /// rule unless stated.
    pub renewal_gap: Option<String>,
    /// How long after its first day a permit may come into the archive, such as `6 months`.
    pub entry_lag: Option<String>,
    /// The reference dates.
    pub dates: ReferenceDates,
}

impl Retention {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        const PARAMETERS: [&str; 4] = ["minimum_length", "gap", "comparison", "same_reason"];
        let rule = DeclaredRule::read(fields, &PARAMETERS);
        let dates = reference_dates(fields, fields.optional_date("until"), findings);
        let naturalised = fields.optional_text("naturalised");
        let (renewal_gap, entry_lag) =
            (fields.optional_text("renewal_gap"), fields.optional_text("entry_lag"));
        let records = PermitRecords::read(fields);
        Some(Self { records: records?, rule: rule?, naturalised, renewal_gap, entry_lag, dates: dates? })
    }

    /// When a permit continues the one before.
    pub fn renewal_rule(&self) -> Option<RenewalRule> {
        let first = self.rule.first_permit()?;
        let stated = self.renewal_gap.as_deref();
        let comparison = if stated.is_some() { Comparison::AtLeast } else { first.comparison };
        let gap = stated.map_or(Some(first.gap), Span::parse)?;
        let entry_lag = self.entry_lag.as_deref().map_or(Some(Span::Days(0)), Span::parse)?;
        Some(RenewalRule { gap, comparison, entry_lag })
    }
}

impl Declaration for Retention {
    fn name(&self) -> &'static str {
        "retention"
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
        self.records.named_codes(&[], path)
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.records.columns().chain(self.naturalised.as_deref()).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.records.need(schema);
        if let Some(naturalised) = &self.naturalised {
            schema.need(naturalised, "naturalised", &[ColumnType::Date]);
        }
        said(schema, self.rule.read_first_permit());
        for (field, text) in [("renewal_gap", &self.renewal_gap), ("entry_lag", &self.entry_lag)] {
            if let Some(text) = text {
                said(schema, span(field, text));
            }
        }
        check_dates(&self.dates, Some((self.records.extracted, "extracted")), schema);
        let integer = |name: &str| ColumnInfo::new(name, ColumnType::Integer);
        let made = vec![
            ColumnInfo::new(columns::REFERENCE_DATE, ColumnType::Date),
            integer(columns::COHORT).unit(CALENDAR_YEAR),
            integer(columns::YEARS_SINCE),
            ColumnInfo::new(columns::OUTCOME, ColumnType::Code),
        ];
        schema.add_all(made, &schema.path());
        let expansion = Expansion::new(columns::REFERENCE_DATE, self.dates.dates().collect());
        schema.expand(expansion.of_cohorts(columns::COHORT));
    }
}
