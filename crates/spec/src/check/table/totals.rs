//! Faults of the totals that a table makes, and of the texts beside its values.

use super::TableCheck;
use crate::diagnostic::suggestion;
use crate::source::{Column, FieldType, SourceKind};
use crate::table::Totals;
use crate::{Code, Diagnostic, Path, columns};

impl TableCheck<'_> {
    /// Totals are made of records, over dimensions over which they may be added up, and where nothing is suppressed.
    pub(super) fn totals(&self, faults: &mut Vec<Diagnostic>) {
        let (path, names) = match &self.table.totals {
            Totals::None => return,
            Totals::All => (self.path.clone().field("total"), [].as_slice()),
            Totals::Of(names) => (self.path.clone().field("totals"), names.as_slice()),
        };
        if self.source.kind == SourceKind::Cells {
            faults.extend(self.totals_of_cells(&path));
        }
        if self.pipeline.disclosure.as_ref().is_some_and(|disclosure| disclosure.hides_counts()) {
            let fault =
                Diagnostic::error(Code::Disclosure, "suppressed counts could be recomputed from totals");
            let fault = fault.at(path.clone(), "leave it out where [disclosure] suppresses counts");
            faults.push(fault.help(
                "a suppressed count is the total less the others: one table without totals tells less",
            ));
        }
        for (index, name) in names.iter().enumerate() {
            let path = path.clone().index(index);
            if !self.has_dimension(name) {
                let message = format!("the table has no dimension `{name}`");
                let fault =
                    Diagnostic::error(Code::UnknownColumn, message).at(path, "not among `dimensions`");
                let dimensions = self.table.dimensions.iter().map(String::as_str);
                faults.push(fault.maybe_help(suggestion(name, dimensions)));
            } else if self
                .schema
                .expansion()
                .is_some_and(|of| of.repeats_persons_over(self.table.column_of(name)))
            {
                let message = format!("`{name}` has no total");
                let label = "who is there at several of them would be counted several times";
                faults.push(Diagnostic::error(Code::OpenDimension, message).at(path, label));
            }
        }
    }

    /// Totals of cells are sums where the source says that they are, and published ones else.
    fn totals_of_cells(&self, path: &Path) -> Option<Diagnostic> {
        let is_summed = |name: &str| {
            let column = self.source.column(self.table.column_of(name));
            column.is_some_and(|column| column.total.is_none() && self.is_additive(column))
        };
        let label = match &self.table.totals {
            Totals::None => return None,
            Totals::All if self.table.dimensions.iter().any(|name| is_summed(name)) => return None,
            Totals::Of(names) if names.iter().all(|name| is_summed(name)) => return None,
            Totals::All | Totals::Of(_) => {
                "declare them in the source: `total = \"…\"` in a column, or `additive` for those that are sums of their parts"
            }
        };
        let fault =
            Diagnostic::error(Code::SourceKind, "published cells have the totals that were published");
        Some(fault.at(path.clone(), label))
    }

    /// The texts of a source stand beside its values in the table, so that no other column can have their name.
    pub(super) fn texts_beside(&self) -> Vec<Diagnostic> {
        let is_own =
            |name: &str| [columns::OBS_STATUS, columns::CONF_STATUS, columns::CONCEPT].contains(&name);
        let texts = self.source.columns.iter().filter(|column| column.field_type == FieldType::Text);
        let taken =
            texts.filter(|column| !is_own(&column.name) && !self.shows(&column.name)).filter(|column| {
                columns::OF_TABLES.contains(&column.name.as_str()) || self.has_dimension(&column.name)
            });
        let fault = |column: &Column| {
            let message = format!("the table `{}` would have two columns `{}`", self.table.name, column.name);
            let path = Path::source(&self.source.name).column(&column.name).name();
            let label = "this text is shown beside the values: give it another name";
            Diagnostic::error(Code::ColumnTwice, message).at(path, label)
        };
        taken.map(fault).collect()
    }
}
