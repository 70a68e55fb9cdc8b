//! `op = "flows_from_stocks"`: where the persons of a stock lived before, from two tables of persons by birth and residence.

use serde::{Deserialize, Serialize};

use crate::operations::{Declaration, column};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, Path, columns};

/// Of each cell of a stock by place of birth and of residence, where its persons lived on the date before, if as few as possible have
/// moved: `min(S0, S1)` stayed, and those of one birth who left an area went to those that gained, each in proportion to what it gained.
/// Abel, Estimating global migration flow tables using place of birth data (2013); the quasi-independent table of his has this
/// closed form, for no area both loses and gains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowsFromStocks {
    /// The column of the place of birth.
    pub birth: String,
    /// The column of the place of residence.
    pub residence: String,
    /// The column of the dates of the stocks.
    pub date: String,
    /// The code of everywhere else: who is born, dies, or comes and goes there between two dates. Without it, those of one birth must
    /// be as many on all dates.
    pub outside: Option<String>,
}

impl FlowsFromStocks {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Self {
        Self {
            birth: column(fields, "birth", "country_of_birth"),
            residence: column(fields, "residence", "residence"),
            date: column(fields, "date", columns::REFERENCE_DATE),
            outside: fields.optional_text("outside"),
        }
    }
}

impl Declaration for FlowsFromStocks {
    fn name(&self) -> &'static str {
        "flows_from_stocks"
    }

    fn tells_apart(&self) -> Option<&'static str> {
        Some(columns::PREVIOUS_RESIDENCE)
    }

    fn drops_totals(&self) -> Vec<&str> {
        vec![&self.birth, &self.residence]
    }

    fn named_codes(&self, path: &Path) -> Vec<(Path, &str, &str)> {
        let outside = self.outside.iter();
        outside.map(|code| (path.clone().field("outside"), self.residence.as_str(), code.as_str())).collect()
    }

    fn suits_cells(&self) -> bool {
        true
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        vec![&self.birth, &self.residence, &self.date]
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        schema.need(&self.birth, "birth", &[ColumnType::Code]);
        schema.need(&self.residence, "residence", &[ColumnType::Code]);
        schema.need(&self.date, "date", &[ColumnType::Date]);
        if self.birth == self.residence {
            let fault = Diagnostic::error(Code::WrongColumn, "birth and residence are one column");
            let label = "flows are told by those of one birth who live in several places";
            schema.fault(fault.at(schema.path().field("residence"), label));
        }
        let mut previous = ColumnInfo::new(columns::PREVIOUS_RESIDENCE, ColumnType::Code);
        previous.codelist = schema.codelist(&self.residence);
        let date = ColumnInfo::new(columns::PREVIOUS_DATE, ColumnType::Date);
        schema.add_all(vec![previous, date], &schema.path());
    }
}
