//! Faults of a source.

mod column;
mod origin;
mod repair;
mod variant;

use crate::columns;
use crate::diagnostic::suggestion;
use crate::fixed_width::FixedWidth;
use crate::format::{Delimited, Format, SdmxCsv, is_delimiter, is_quote};
use crate::source::{Additive, Column, FieldType, OnError, Source, SourceKind};
use crate::{Code, ColumnType, Diagnostic, Path};

/// Faults of a source. Steps make the columns `made`, which tell cells apart as its own do.
pub(crate) fn check_source(source: &Source, made: &[&str]) -> Vec<Diagnostic> {
    let mut faults = check_form(source, Path::source(&source.name), made);
    // Faults of the source are those of its variants too.
    if faults.is_empty() {
        faults.extend(variant::check_variants(source, made));
    }
    faults
}

/// Faults of a source as it stands, or of one as a variant reads it, which is written at `root`.
fn check_form(source: &Source, root: Path, made: &[&str]) -> Vec<Diagnostic> {
    let mut check = SourceCheck { source, root, made, faults: Vec::new() };
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
    check.weight();
    check.repair();
    check.additive();
    check.faults
}

struct SourceCheck<'a> {
    source: &'a Source,
    /// Where it is written.
    root: Path,
    /// The columns that steps make and that tell cells apart.
    made: &'a [&'a str],
    faults: Vec<Diagnostic>,
}

impl SourceCheck<'_> {
    fn fault(&mut self, path: Path, message: &str, label: &str) {
        self.faults.push(Diagnostic::error(Code::SourceKind, message).at(path, label));
    }

    /// The name of the source.
    fn path(&self) -> Path {
        self.root.clone().name()
    }

    fn path_of(&self, column: &Column) -> Path {
        self.root.clone().column(&column.name)
    }

    /// What a program may have put together that a pipeline file cannot say.
    fn format(&mut self) {
        match &self.source.format {
            Format::Csv(text) | Format::SdmxCsv(SdmxCsv { text, .. }) => self.delimited(text),
            Format::EurostatTsv(_) => {}
            Format::FixedWidth(options) => self.fixed_width(options),
            Format::Workbook(_) | Format::Parquet | Format::Json(_) | Format::JsonStat => {}
        }
        if !(0.0..=1.0).contains(&self.source.max_rejected) {
            self.fault(self.path(), "`max_rejected` is a share between 0 and 1", "not a share");
        }
    }

    fn delimited(&mut self, text: &Delimited) {
        let Delimited { delimiter, quote, .. } = text;
        if !is_delimiter(*delimiter) {
            self.fault(self.path(), "a delimiter is one ASCII character", "not a delimiter");
        }
        if quote.is_some_and(|quote| !is_quote(quote) || quote == *delimiter) {
            self.fault(self.path(), "a quote is one ASCII sign, and not the delimiter", "not a quote");
        }
    }

    /// Each column has its place in a line, or in the layout.
    fn fixed_width(&mut self, options: &FixedWidth) {
        let ends = |column: &Column| column.position.map_or(0, |position| position.end());
        if options.encoding.eq_ignore_ascii_case("auto") {
            let label = "name the encoding: places are counted in its bytes";
            self.fault(self.root.clone().field("encoding"), "the encoding of such lines is declared", label);
        }
        for column in &self.source.columns {
            let is_placed = column.position.is_some() || !column.is_field() || options.layout.is_some();
            let path = self.path_of(column).name();
            if !is_placed {
                let label = "give `start` and `width`, or the `layout` of the source";
                self.fault(path.clone(), "a column of such lines has a place in them", label);
            }
            if !column.with.is_empty() && options.layout.is_none() {
                let label = "name one column, or give the `layout` of the source";
                self.fault(path.clone(), "further fields of a key have places too", label);
            }
            if options.record_length.is_some_and(|length| ends(column) > length as usize) {
                self.fault(path, "a field ends behind its line", "correct it, or `record_length`");
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
            let texts = [columns::CONCEPT, columns::OBS_STATUS, columns::CONF_STATUS];
            if texts.contains(&column.name.as_str()) && !is_text {
                self.fault(path, "this column holds text", "leave out `type`, or give `codes`");
            }
        }
    }

    /// A weight says of records how many a row stands for. Such a row is no person.
    fn weight(&mut self) {
        let Some(weight) = &self.source.weight else { return };
        let path = self.root.clone().field("weight");
        if self.source.kind == SourceKind::Cells {
            let label =
                "leave it out, or leave out `kind = \"cells\"`: the rows are then counted by their weight";
            self.fault(path, "cells have a value, and no weight", label);
            return;
        }
        let Some(column) = self.source.column(weight) else {
            let names = self.source.columns.iter().map(|column| column.name.as_str());
            let fault = Diagnostic::error(Code::UnknownColumn, format!("there is no column `{weight}`"));
            self.faults
                .push(fault.at(path, "not declared in this source").maybe_help(suggestion(weight, names)));
            return;
        };
        if column.field_type != FieldType::Integer || column.personal {
            let label = "add `type = \"integer\"` to its column, and leave out `personal`";
            self.fault(path.clone(), "a weight is a whole number", label);
        }
        if column.on_error == Some(OnError::NotStated) {
            let label = "leave it out: a row without weight is rejected";
            self.fault(
                self.path_of(column).field("on_error"),
                "nobody knows for how many such a row stands",
                label,
            );
        }
        let is_person = |column: &&Column| column.personal && column.column_type() == ColumnType::Text;
        let persons: Vec<Path> =
            self.source.columns.iter().filter(is_person).map(|column| self.path_of(column).name()).collect();
        for path in persons {
            let label = "leave the column out, or leave out `weight` where each row is one person";
            self.fault(path, "a row that stands for several is no person", label);
        }
    }

    /// Cells are added up over dimensions of theirs.
    fn additive(&mut self) {
        let path = self.root.clone().field("additive");
        match (&self.source.additive, self.source.kind) {
            (Additive::None, _) | (Additive::All, SourceKind::Cells) => {}
            (Additive::All | Additive::Over(_), SourceKind::Records) => {
                let label = "leave it out: records are counted, and counts of records add up";
                self.fault(path, "only cells are additive or not", label);
            }
            (Additive::Over(names), SourceKind::Cells) => {
                let not_added = [columns::VALUE, columns::CONCEPT, columns::OBS_STATUS, columns::CONF_STATUS];
                for (index, name) in names.iter().enumerate() {
                    let path = path.clone().index(index);
                    if not_added.contains(&name.as_str()) {
                        let label = "cells are added up over dimensions only";
                        self.fault(path, &format!("`{name}` is no dimension"), label);
                    } else if self
                        .source
                        .column(name)
                        .is_some_and(|column| column.field_type == FieldType::Text)
                    {
                        let label = "give it `codes` or a `list`: cells are not told apart by text";
                        self.fault(path, &format!("`{name}` holds text"), label);
                    } else if self.source.column(name).is_none() && !self.made.contains(&name.as_str()) {
                        let known = self.source.columns.iter().map(|column| column.name.as_str());
                        let fault =
                            Diagnostic::error(Code::UnknownColumn, format!("there is no column `{name}`"));
                        let fault = fault.at(path, "not declared in this source");
                        self.faults.push(fault.maybe_help(suggestion(name, known)));
                    }
                }
            }
        }
    }

    fn records(&mut self) {
        if self.source.flag_i.is_some() {
            let label = "leave it out, or add `kind = \"cells\"`";
            self.fault(self.root.clone().field("flag_i"), "only published cells have flags", label);
        }
        match self.source.format {
            Format::SdmxCsv(_) => self.fault(self.path(), "SDMX-CSV holds cells", "add `kind = \"cells\"`"),
            Format::EurostatTsv(_) => {
                self.fault(self.path(), "Eurostat's TSV holds cells", "add `kind = \"cells\"`");
            }
            Format::JsonStat => self.fault(self.path(), "JSON-stat holds cells", "add `kind = \"cells\"`"),
            Format::Csv(_)
            | Format::FixedWidth(_)
            | Format::Workbook(_)
            | Format::Parquet
            | Format::Json(_) => {
                if self.source.concept.is_some() {
                    let label = "the concept belongs to each [[table]]";
                    self.fault(self.path(), "records have no concept", label);
                }
            }
        }
    }
}

/// Whether a text is among others, blanks around aside.
fn is_in(texts: &[String], text: &str) -> bool {
    texts.iter().any(|other| other.trim() == text.trim())
}
