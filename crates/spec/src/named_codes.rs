//! Codes that checks and tables name. A misspelt one is met by no row, and what it decides is decided otherwise without a word. Those of
//! steps are looked up where the step is prepared.

use crate::data_check::CheckKind;
use crate::operations::{Conditions, Operation};
use crate::pipeline::Pipeline;
use crate::source::{FieldType, Source};
use crate::{Path, columns};

/// A code that a setting names.
#[derive(Debug, Clone)]
pub struct NamedCode<'a> {
    /// The source whose rows are meant.
    pub source: &'a Source,
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
                        found.push(NamedCode { source, column, code, path: Path::check(id).field(field) });
                    }
                }
            }
        }
        for (id, table) in self.table_ids() {
            let settings = [("filter", &table.filter), ("except", &table.except)];
            for source in self.sources_of(table) {
                for (field, selections) in settings {
                    for (column, codes) in selections {
                        let path = Path::table(id).field(field);
                        let code = |code| NamedCode { source, column, code, path: path.clone() };
                        found.extend(codes.iter().map(String::as_str).map(code));
                    }
                }
            }
        }
        found.retain(|named| self.is_as_read(named.source, named.column) && !is_of_tables(named.code));
        found
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
             a = { codes = { x = \"X\" } }\nb = {}\n[[check]]\nname = \"k\"\nwhen = { a = [\"X\", \"_U\"], b = \"x\" }\n\
             stated = [\"a\"]\n[[table]]\nname = \"t\"\nmeasure = \"count\"\nconcept = \"c\"\nfilter = { a = \"Y\" }\n",
        )
        .unwrap();
        let found: Vec<String> =
            pipeline.named_codes().iter().map(|named| format!("{} {}", named.path, named.code)).collect();
        assert_eq!(found, ["check[0].when X", "table[0].filter Y"]);
    }
}
