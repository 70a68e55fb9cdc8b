//! `period`: the years that a product is about.

use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use crate::indicator::time_dimension;
use crate::pipeline::Pipeline;
use crate::schema::Schema;
use crate::table::Table;
use crate::text::{Fields, Findings, wrong_type};
use crate::{ColumnType, columns};

/// The years that a product is about, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first year.
    pub first: i32,
    /// The last year.
    pub last: i32,
}

impl Period {
    /// Whether a year lies in it.
    pub fn contains(self, year: i64) -> bool {
        i64::from(self.first) <= year && year <= i64::from(self.last)
    }

    /// The year behind it.
    pub fn year_after(self) -> Self {
        Self { first: self.last + 1, last: self.last + 1 }
    }

    /// `period = [1990, 2007]`
    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let value = fields.value("period")?;
        let year = |value: &DeValue<'_>| {
            let year = value.as_integer()?.as_str().parse().ok()?;
            (1..=9999).contains(&year).then_some(year)
        };
        let years = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| year(item.get_ref())).collect(),
            _ => Vec::new(),
        };
        match years[..] {
            [Some(first), Some(last)] if first <= last => Some(Self { first, last }),
            _ => {
                findings.push(wrong_type(value, "the first and the last year, such as [1990, 2007]"));
                None
            }
        }
    }
}

impl Pipeline {
    /// The column that says in which year a record of a table lies: the one of its dimension of time, or else `year`.
    pub fn year_column<'a>(&self, table: &'a Table) -> Option<&'a str> {
        self.schema_of(self.source_of(table)?).year_column(table)
    }
}

impl Schema {
    /// The same in a source with these columns.
    pub(crate) fn year_column<'a>(&self, table: &'a Table) -> Option<&'a str> {
        let shown = time_dimension(table).map(|index| table.column_of(&table.dimensions[index]));
        let has_years = |column: &&str| {
            let found = self.get(column).map(|column| column.column_type);
            matches!(found, Some(ColumnType::Date | ColumnType::Integer))
        };
        shown.or(Some(columns::YEAR)).filter(has_years)
    }
}
