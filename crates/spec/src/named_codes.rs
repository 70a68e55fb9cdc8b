//! Codes that checks and tables name. A misspelt one is met by no row, and what it decides is decided otherwise without a word. Those of
//! steps are looked up where the step is prepared.

use crate::data_check::CheckKind;
use crate::figure::Figure;
use crate::operations::{Conditions, Operation};
use crate::pipeline::Pipeline;
use crate::source::{FieldType, Source};
use crate::{Path, columns};

/// A code that a setting names.
#[derive(Debug, Clone)]
pub struct NamedCode<'a> {
    /// The sources whose rows are meant: those of one of them may have it.
    pub sources: Vec<&'a Source>,
    /// The column.
    pub column: &'a str,
    /// The code.
    pub code: &'a str,
    /// The setting.
    pub path: Path,
}

impl Pipeline {
    /// The codes that are asked of columns as they are read: no step gives these others. The codes of totals and of what is not stated
    /// are not among them.
    pub fn named_codes(&self) -> Vec<NamedCode<'_>> {
        let mut found = Vec::new();
        for source in &self.sources {
            for (id, check) in self.checks_of(source) {
                let CheckKind::Row { when, then, never, .. } = &check.kind else { continue };
                for (field, conditions) in [("when", when), ("then", then), ("never", never)] {
                    for (column, code) in pairs(conditions) {
                        let path = Path::check(id).field(field);
                        found.push(NamedCode { sources: vec![source], column, code, path });
                    }
                }
            }
        }
        for (id, table) in self.table_ids() {
            let settings = [("filter", &table.filter), ("except", &table.except)];
            let sources = self.sources_of(table);
            for (field, selections) in settings {
                for (column, codes) in selections {
                    for code in codes {
                        let path = Path::table(id).field(field);
                        found.push(NamedCode { sources: sources.clone(), column, code, path });
                    }
                }
            }
        }
        found.retain(|named| self.is_asked_as_read(named));
        found
    }

    /// The codes that a figure names of columns as they are read.
    pub fn named_codes_of<'a>(&'a self, figure: &'a Figure) -> Vec<NamedCode<'a>> {
        let tables = || self.tables.iter().filter(|table| figure.table.as_ref() == Some(&table.name));
        let Some(table) = tables().next() else { return Vec::new() };
        let sources: Vec<&Source> = tables().flat_map(|table| self.sources_of(table)).collect();
        let of_dimensions = figure.conditions.iter().filter(|(name, _)| table.dimensions.contains(name));
        let named = of_dimensions.map(|(dimension, code)| NamedCode {
            sources: sources.clone(),
            column: table.column_of(dimension),
            code,
            path: Path::root().field("published"),
        });
        named.filter(|named| self.is_asked_as_read(named)).collect()
    }

    fn is_asked_as_read(&self, named: &NamedCode<'_>) -> bool {
        named.sources.iter().all(|source| self.is_as_read(source, named.column)) && !is_of_tables(named.code)
    }

    /// Whether a column of codes has those that it is read with.
    fn is_as_read(&self, source: &Source, column: &str) -> bool {
        let is_code = source.column(column).is_some_and(|column| column.field_type == FieldType::Code);
        let changes = |operation: &Operation| {
            operation.recoded().iter().any(|recoded| recoded == column) || operation.corrects(column)
        };
        is_code && !self.steps_of(source).any(|(_, step)| changes(&step.operation))
    }
}

fn pairs(conditions: &Conditions) -> impl Iterator<Item = (&str, &str)> {
    conditions
        .codes
        .iter()
        .flat_map(|(column, codes)| codes.iter().map(move |code| (column.as_str(), code.as_str())))
}

fn is_of_tables(code: &str) -> bool {
    [columns::TOTAL, columns::NOT_STATED].contains(&code)
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn codes_of_settings() {
        let pipeline = parse(
            "spec = 1\ntitle = \"t\"\nvintage = \"1\"\n[source.s]\nfiles = \"s.csv\"\nformat = \"csv\"\n[source.s.columns]\n\
             a = { codes = { x = \"X\" } }\nb = {}\n[[check]]\nname = \"k\"\nwhen = { a = [\"X\"], b = \"x\" }\n\
             stated = [\"a\"]\n[[table]]\nname = \"t\"\nmeasure = \"count\"\nconcept = \"c\"\nfilter = { a = \"Y\" }\n",
        )
        .unwrap();
        let found: Vec<String> =
            pipeline.named_codes().iter().map(|named| format!("{} {}", named.path, named.code)).collect();
        assert_eq!(found, ["check[0].when X", "table[0].filter Y"]);
    }
}
