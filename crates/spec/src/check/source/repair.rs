//! Faults of `repair`: what adds up must be there to add up.

use super::SourceCheck;
use crate::columns;
use crate::diagnostic::suggestion;
use crate::format::Format;
use crate::repair::Repair;
use crate::source::{Column, FieldType, SourceKind};
use crate::{Code, Diagnostic, Path};

impl SourceCheck<'_> {
    pub(super) fn repair(&mut self) {
        let source = self.source;
        // Files that programs write for programs have no thousands that another one could damage.
        let is_for_programs = match source.format {
            Format::SdmxCsv(_) | Format::EurostatTsv(_) | Format::JsonStat => true,
            Format::Csv(_) | Format::FixedWidth(_) | Format::Workbook(_) | Format::Parquet => false,
            Format::Json(_) => false,
        };
        let path = self.root.clone().field("repair");
        if is_for_programs && !source.repair.is_empty() {
            let label = "leave it out: `format = \"csv\"` reads what was saved anew";
            self.fault(path.clone(), "numbers of this format have no thousands", label);
        }
        for (index, repair) in source.repair.iter().enumerate() {
            if let Some(over) = &repair.over {
                self.repair_over(repair, over, &path.clone().index(index));
            }
        }
    }

    /// Numbers below each other: rows that belong together are found by their other columns.
    fn repair_over(&mut self, repair: &Repair, over: &str, path: &Path) {
        let source = self.source;
        let path_of_over = path.clone().field("over");
        if source.kind == SourceKind::Records {
            let label = "only cells are in memory together: declare columns of one row, or read the file as `kind = \"cells\"`";
            self.fault(path_of_over, "rows of records are not compared with each other", label);
            return;
        }
        let names = source.columns.iter().map(|column| column.name.as_str());
        let Some(column) = source.column(over) else {
            let message = format!("`{over}` is no column of the source");
            let fault = Diagnostic::error(Code::UnknownColumn, message).at(path_of_over, "not declared");
            self.faults.push(fault.maybe_help(suggestion(over, names)));
            return;
        };
        if !tells_cells_apart(column) {
            let label = "name a column of codes that each row states";
            self.fault(path_of_over, "rows that belong together differ in a dimension", label);
            return;
        }
        if source.column(columns::VALUE).is_some_and(|value| !value.is_field()) {
            self.fault(
                path_of_over,
                "the numbers are those of `value`",
                "let a field of the file hold `value`",
            );
        }
        if column.codelist.is_some() || column.codes_file.is_some() || !column.has_codes() {
            return;
        }
        let declared = || column.codes.iter().map(|(theirs, _)| theirs.trim());
        let declared = || declared().chain(column.total.as_deref().map(str::trim));
        for text in repair.names().filter(|text| declared().all(|known| known != *text)) {
            let field = if text == repair.total { "total" } else { "parts" };
            let message = format!("`{text}` is no text of `{over}`");
            let label = "neither among its `codes` nor its `total`";
            let known: Vec<&str> = declared().collect();
            let fault = Diagnostic::error(Code::SourceKind, message).at(path.clone().field(field), label);
            self.faults.push(fault.maybe_help(suggestion(text, known.iter().copied())));
        }
    }
}

/// Whether a column is a dimension that stands in a field of each row.
fn tells_cells_apart(column: &Column) -> bool {
    let is_about_value =
        [columns::VALUE, columns::OBS_STATUS, columns::CONF_STATUS].contains(&column.name.as_str());
    !is_about_value && column.is_field() && column.field_type != FieldType::Text
}
