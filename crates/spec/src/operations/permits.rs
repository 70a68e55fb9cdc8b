//! `op = "permits"`: what each permit is to its holder, which permits belong together, and what followed when it expired.

use denizen_residence::Span;
use serde::{Deserialize, Serialize};

use crate::operations::permit_records::{DeclaredRule, PermitRecords, said, span};
use crate::operations::{Declaration, Scope};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{ColumnType, columns};

/// The unit of a number of days.
const DAYS: &str = "days";

/// From permits to stays: each permit is a first one, a renewal or a change of reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Permits {
    /// The columns of the permits.
    #[serde(flatten)]
    pub records: PermitRecords,
    /// The rule that says which permits belong together.
    #[serde(flatten)]
    pub rule: DeclaredRule,
    /// The column that says on whose permit a minor is registered; none of permits of one's own.
    pub parent: Option<String>,
    /// How long after its first day a permit may come into the archive, such as `6 months`.
    pub entry_lag: Option<String>,
}

impl Permits {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        const PARAMETERS: [&str; 4] = ["minimum_length", "gap", "comparison", "same_reason"];
        let (records, rule) = (PermitRecords::read(fields), DeclaredRule::read(fields, &PARAMETERS));
        let (parent, entry_lag) = (fields.optional_text("parent"), fields.optional_text("entry_lag"));
        Some(Self { records: records?, rule: rule?, parent, entry_lag })
    }

    /// How late a permit may come into the archive; not at all unless stated.
    pub fn entry_lag(&self) -> Option<Span> {
        self.entry_lag.as_deref().map_or(Some(Span::Days(0)), Span::parse)
    }
}

impl Declaration for Permits {
    fn name(&self) -> &'static str {
        "permits"
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

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        self.records.columns().chain(self.parent.as_deref()).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        self.records.need(schema);
        if let Some(parent) = &self.parent {
            schema.need(parent, "parent", &[]);
        }
        said(schema, self.rule.read_first_permit());
        if let Some(lag) = &self.entry_lag {
            said(schema, span("entry_lag", lag));
        }
        let name = &self.rule.name;
        let personal = self.records.is_personal(schema);
        let [first, last] = columns::stay(name);
        let [renewal, lag, days] = columns::renewal(name);
        let code = |name: &str| ColumnInfo::new(name, ColumnType::Code);
        let day = |name: &str| ColumnInfo::new(name, ColumnType::Date).personal(personal);
        let days = ColumnInfo::new(&days, ColumnType::Integer).unit(DAYS).personal(personal);
        let made =
            vec![code(&columns::event(name)), day(&first), day(&last), code(&renewal), code(&lag), days];
        let path = schema.path().field(self.rule.name_field());
        schema.add_all(made, &path);
    }
}
