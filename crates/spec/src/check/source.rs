//! Faults of a source.

use std::collections::BTreeSet;

use crate::columns;
use crate::format::{Delimited, Format, is_delimiter};
use crate::source::{Column, FieldType, MAX_SCALE, Source, SourceKind};
use crate::{Code, Diagnostic, Path};

pub(crate) fn check_source(source: &Source) -> Vec<Diagnostic> {
    let mut check = SourceCheck { source, faults: Vec::new() };
    if source.columns.is_empty() {
        let label = "name those that are used in [source.NAME.columns]";
        check.fault(check.path(), "a source has columns", label);
    }
    check.format();
    for column in &source.columns {
        check.column(column);
    }
    match source.kind {
        SourceKind::Cells => check.cells(),
        SourceKind::Records => check.records(),
    }
    check.faults
}

struct SourceCheck<'a> {
    source: &'a Source,
    faults: Vec<Diagnostic>,
}

impl SourceCheck<'_> {
    fn fault(&mut self, path: Path, message: &str, label: &str) {
        self.faults.push(Diagnostic::error(Code::SourceKind, message).at(path, label));
    }

    /// The name of the source.
    fn path(&self) -> Path {
        Path::source(&self.source.name).name()
    }

    fn path_of(&self, column: &Column) -> Path {
        Path::source(&self.source.name).column(&column.name)
    }

    /// What a program may have put together that a pipeline file cannot say.
    fn format(&mut self) {
        let (Format::Csv(Delimited { delimiter, .. }) | Format::SdmxCsv(Delimited { delimiter, .. })) =
            &self.source.format;
        if !is_delimiter(*delimiter) {
            self.fault(self.path(), "a delimiter is one ASCII character", "not a delimiter");
        }
        if !(0.0..=1.0).contains(&self.source.max_rejected) {
            self.fault(self.path(), "`max_rejected` is a share between 0 and 1", "not a share");
        }
    }

    fn column(&mut self, column: &Column) {
        let name = self.path_of(column).name();
        self.time(column);
        self.codes(column);
        if column.field_type == FieldType::Code && column.codelist.is_none() && column.codes.is_empty() {
            self.fault(name.clone(), "a column of codes needs its codes", "give `list` or `codes`");
        }
        if let FieldType::Decimal { scale } = column.field_type
            && scale > MAX_SCALE
        {
            self.fault(name.clone(), "a number has 9 decimals at most", "give a smaller `scale`");
        }
        let has_codes = column.codelist.is_some() || !column.codes.is_empty() || column.total.is_some();
        if column.total.is_some() && self.source.kind == SourceKind::Records {
            let label = "`total` belongs to a source with `kind = \"cells\"`";
            self.fault(name.clone(), "records have no totals", label);
        } else if column.field_type != FieldType::Code && has_codes {
            let label = "a column of codes has `list` or `codes`, and no other `type`";
            self.fault(name.clone(), "only a column of codes has `list`, `codes` or `total`", label);
        }
        if column.complete && column.total.is_none() {
            self.fault(name, "`complete` compares the codes with their total", "give `total` as well");
        }
    }

    /// Records are filed by `year` and `reference_date`, so these hold what their names say.
    fn time(&mut self, column: &Column) {
        let path = self.path_of(column).name();
        if column.name == columns::YEAR && column.field_type != FieldType::Integer {
            let label = "add `type = \"integer\"`, or rename the column";
            self.fault(path, "a year is a whole number", label);
        } else if column.name == columns::REFERENCE_DATE && !matches!(column.field_type, FieldType::Date(_)) {
            let label = "add `type = \"date\"`, or rename the column";
            self.fault(path, "a reference date is a date", label);
        }
    }

    /// Each text of a column of codes has one meaning.
    fn codes(&mut self, column: &Column) {
        let missing: BTreeSet<&str> = column.missing.iter().map(|text| text.trim()).collect();
        let total = column.total.as_deref().map(str::trim);
        for (theirs, ours) in &column.codes {
            let text = theirs.trim();
            let (is_missing, is_total) = (missing.contains(text), total == Some(text));
            if !is_missing && !is_total && ours != columns::TOTAL {
                continue;
            }
            // A list may have a million codes, and nearly all of them are right: only faults have a path.
            let path = self.path_of(column).field("codes").field(theirs);
            if is_missing {
                let label = "it is in `missing` too";
                self.fault(path.clone().name(), "a text is a code and states nothing", label);
            }
            if is_total {
                let label = "it is in `total` too";
                self.fault(path.clone().name(), "a text is the code of a part and of the total", label);
            }
            if ours == columns::TOTAL {
                let label = "name the code of the file in `total` instead";
                self.fault(path, "`_T` is the code of a total", label);
            }
        }
    }

    /// What cells need besides what records need: a value, one concept, and columns that can be counted on.
    fn cells(&mut self) {
        let value = self.source.column(columns::VALUE).map(|column| &column.field_type);
        if !matches!(value, Some(FieldType::Integer | FieldType::Decimal { .. })) {
            let label = "declare `value = { from = \"…\", type = \"integer\" }`";
            self.fault(self.path(), "cells need a column `value` of numbers", label);
        }
        match (&self.source.concept, self.source.column(columns::CONCEPT)) {
            (None, None) => {
                let label = "say what the cells count: `concept = \"…\"`, or a column `concept`";
                self.fault(self.path(), "cells need a concept", label);
            }
            (Some(_), Some(column)) => {
                let label = "leave out this column, or the `concept` of the source";
                self.fault(self.path_of(column).name(), "cells have one concept", label);
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        for column in &self.source.columns {
            let path = self.path_of(column).name();
            if column.personal {
                let label = "a column of cells cannot be personal";
                self.fault(path.clone(), "cells are no persons", label);
            }
            let is_text = matches!(column.field_type, FieldType::Text | FieldType::Code);
            if [columns::CONCEPT, columns::OBS_STATUS].contains(&column.name.as_str()) && !is_text {
                self.fault(path, "this column holds text", "leave out `type`, or give `codes`");
            }
        }
    }

    fn records(&mut self) {
        match self.source.format {
            Format::SdmxCsv(_) => self.fault(self.path(), "SDMX-CSV holds cells", "add `kind = \"cells\"`"),
            Format::Csv(_) if self.source.concept.is_some() => {
                let label = "the concept belongs to each [[table]]";
                self.fault(self.path(), "records have no concept", label);
            }
            Format::Csv(_) => {}
        }
    }
}
