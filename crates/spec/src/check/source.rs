//! Faults of a source.

mod repair;
mod variant;

use std::collections::BTreeSet;

use crate::columns;
use crate::diagnostic::suggestion;
use crate::fixed_width::FixedWidth;
use crate::format::{Delimited, Format, SdmxCsv, is_delimiter, is_quote};
use crate::source::{Additive, Column, FieldType, MAX_SCALE, OnError, Source, SourceKind};
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

    /// What belongs to one format, or to one way of reading a column.
    fn origin(&mut self, column: &Column) {
        let of_column = self.path_of(column);
        let path = |field| of_column.clone().field(field);
        let is_fixed = matches!(self.source.format, Format::FixedWidth(_));
        if column.position.is_some() && !is_fixed {
            let label = "other formats have names: use `from`";
            self.fault(path("start"), "only fields of `format = \"fixed-width\"` have places", label);
        }
        self.constant(column);
        if column.file_pattern.is_none() {
            return;
        }
        if column.from != "file" {
            self.fault(
                path("pattern"),
                "a `pattern` is one of names of files",
                "write `from = \"file\"` beside it",
            );
        }
        if !column.with.is_empty() || column.position.is_some() {
            self.fault(
                path("pattern"),
                "a column is read from the name of the file or from its rows",
                "leave out one",
            );
        }
    }

    /// What all rows say is read from no field, and is one of what the column can hold.
    fn constant(&mut self, column: &Column) {
        let Some(text) = &column.constant else { return };
        let path = self.path_of(column).field("value");
        let is_read = column.from != column.name
            || !column.with.is_empty()
            || column.file_pattern.is_some()
            || column.position.is_some()
            || column.absent;
        if is_read {
            let label = "leave out `value`, or `from`, `pattern`, `start`, `width` and `absent`";
            self.fault(path.clone(), "a column is the same in all rows or is read from the files", label);
        }
        if column.personal || self.source.is_weight(&column.name) || column.name == columns::VALUE {
            let label = "declare where it stands in the files";
            self.fault(path.clone(), "such a column differs from row to row", label);
        }
        if text.trim().is_empty() {
            let label = "write what all rows have, or leave the column out";
            self.fault(path.clone(), "a column of nothing says nothing", label);
        }
        if !text.is_ascii() {
            let label = "write a code without accents, and what it means in `codes`";
            self.fault(
                path.clone(),
                "such a text is written in ASCII, as files may be in any encoding",
                label,
            );
        }
        let is_declared = column.codelist.is_some()
            || column.codes_file.is_some()
            || column.codes.iter().any(|(theirs, _)| theirs.trim() == text.trim())
            || is_in(&column.missing, text)
            || column.total.as_deref().is_some_and(|total| total.trim() == text.trim());
        let problem = match &column.field_type {
            FieldType::Code if !is_declared => Some("it is not among the `codes` of the column"),
            FieldType::Integer if text.trim().parse::<i64>().is_err() => Some("it is no whole number"),
            FieldType::Date(layout) if layout.days(text.trim().as_bytes()).is_none() => {
                Some("it is no date in the `format` of the column")
            }
            FieldType::Code
            | FieldType::Text
            | FieldType::Integer
            | FieldType::Decimal { .. }
            | FieldType::Date(_)
            | FieldType::Time => None,
        };
        if let Some(label) = problem {
            self.fault(path, "no row could be read", label);
        }
    }

    fn column(&mut self, column: &Column) {
        let name = self.path_of(column).name();
        self.origin(column);
        self.time(column);
        self.date(column);
        self.codes(column);
        if column.field_type == FieldType::Code && column.codelist.is_none() && !column.has_codes() {
            self.fault(name.clone(), "a column of codes needs its codes", "give `list` or `codes`");
        }
        if let FieldType::Decimal { scale } = column.field_type
            && scale > MAX_SCALE
        {
            self.fault(name.clone(), "a number has 9 decimals at most", "give a smaller `scale`");
        }
        self.number(column);
        self.matching(column);
        self.split(column);
        let has_codes = column.codelist.is_some() || column.has_codes();
        if column.field_type != FieldType::Code && has_codes {
            let label = "a column of codes has `list` or `codes`, and no other `type`";
            self.fault(name, "only a column of codes has `list` or `codes`", label);
        }
        self.total(column);
        self.key(column);
        self.marks(column);
    }

    /// What is said of numbers is said of a column of numbers, and the two marks in one are not the same.
    fn number(&mut self, column: &Column) {
        let path = self.path_of(column);
        if column.number.is_plain() {
            return;
        }
        let is_number = match column.field_type {
            FieldType::Integer | FieldType::Decimal { .. } => !column.personal,
            FieldType::Text | FieldType::Code | FieldType::Date(_) | FieldType::Time => false,
        };
        if !is_number {
            let message = "`thousands`, `minus`, `percent`, `zero_decimals` and `given_in` are about numbers";
            self.fault(
                path.clone().name(),
                message,
                "this is no column of numbers, or it identifies persons",
            );
        }
        let mark = match &self.source.format {
            Format::Csv(text) | Format::SdmxCsv(SdmxCsv { text, .. }) => text.decimal_mark,
            Format::FixedWidth(options) => options.decimal_mark,
            Format::Workbook(options) => options.decimal_mark,
            Format::Json(options) => options.decimal_mark,
            Format::EurostatTsv(_) | Format::Parquet | Format::JsonStat => b'.',
        };
        let thousands = column.number.thousands.and_then(crate::Thousands::mark);
        if thousands == Some(mark) {
            let label = "state `decimal_mark` of the source: in numbers with `.` between thousands it is `,`";
            self.fault(path.clone().field("thousands"), "thousands and decimals have one mark", label);
        }
        let is_whole = column.field_type == FieldType::Integer;
        if column.number.zero_decimals && !is_whole {
            let label = "leave it out: decimals are read";
            self.fault(
                path.clone().field("zero_decimals"),
                "only whole numbers have decimals to leave out",
                label,
            );
        }
        if let FieldType::Decimal { scale } = column.field_type
            && scale + column.number.power > MAX_SCALE
        {
            let label = "give a smaller `scale`";
            self.fault(path.field("given_in"), "a number has 9 decimals at most", label);
        }
    }

    /// Codes, numbers and labels are those of a list.
    fn matching(&mut self, column: &Column) {
        if column.matching.is_some() && column.codelist.is_none() {
            let path = self.path_of(column).field("match");
            self.fault(path, "`match` says how texts are found in a list", "give `list` as well");
        }
    }

    /// Cells can be divided, persons cannot.
    fn split(&mut self, column: &Column) {
        let path = self.path_of(column).field("split");
        if column.split.is_some() && self.source.kind == SourceKind::Records {
            self.fault(
                path,
                "records are persons, who cannot be divided",
                "only cells are divided by weights",
            );
        } else if column.split.is_some() && column.field_type != FieldType::Code {
            self.fault(path, "only cells of codes are divided by weights", "declare `list` or `codes`");
        }
    }

    /// Totals are those of dimensions, which are codes, numbers or dates.
    fn total(&mut self, column: &Column) {
        let of_column = self.path_of(column);
        let path = |field| of_column.clone().field(field);
        let is_dimension = match column.field_type {
            FieldType::Code | FieldType::Integer | FieldType::Date(_) => column.name != columns::VALUE,
            FieldType::Text | FieldType::Decimal { .. } | FieldType::Time => false,
        };
        if column.total.is_none() {
            for (field, is_given) in [
                ("complete", column.complete),
                ("tolerance", column.tolerance != 0.0),
                ("compare", !column.compare),
            ] {
                if is_given {
                    let message = format!("`{field}` is about a total and its parts");
                    self.fault(path(field), &message, "give `total` as well");
                }
            }
        } else if self.source.kind == SourceKind::Records {
            let label = "`total` belongs to a source with `kind = \"cells\"`";
            self.fault(path("total"), "records have no totals", label);
        } else if !is_dimension {
            let label = "declare `list`, `codes`, or `type = \"integer\"` or `\"date\"`";
            self.fault(path("total"), "only a dimension of codes, numbers or dates has a total", label);
        }
        if column.total.as_ref().is_some_and(|total| is_in(&column.missing, total)) {
            self.fault(path("total"), "a text is the total and states nothing", "it is in `missing` too");
        }
        if !column.compare && (column.complete || column.tolerance != 0.0) {
            let label = "with `complete` or `tolerance` the total is compared";
            self.fault(path("compare"), "the total is not compared and is", label);
        }
    }

    /// Several columns of the file are read together only where they identify a person.
    fn key(&mut self, column: &Column) {
        let is_person = column.personal && column.field_type == FieldType::Text;
        if !column.with.is_empty() && !is_person {
            let label = "add `personal = true`, or name one column";
            let path = self.path_of(column).field("from");
            self.fault(path, "only a text that identifies a person is read from several columns", label);
        }
        for (field, is_given) in [("fold", column.fold), ("truncate", column.truncate.is_some())] {
            if is_given && !is_person {
                let message = format!("`{field}` is about texts that become pseudonyms");
                let label = "only a text with `personal = true` has it";
                self.fault(self.path_of(column).field(field), &message, label);
            }
        }
        self.reference(column);
        if column.shape && (column.personal || column.field_type != FieldType::Text) {
            let label = "declare the text that it is the shape of as another column";
            self.fault(self.path_of(column).field("shape"), "a shape is a text that is not personal", label);
        }
        let names: Vec<&str> = column.names_in_file().collect();
        let is_twice = |(index, name): (usize, &&str)| names[..index].contains(name);
        if names.iter().enumerate().any(is_twice) {
            let path = self.path_of(column).field("from");
            self.fault(path, "a column of the file is named twice", "name each column once");
        }
    }

    /// A column that names rows by the values of another is written as that one.
    fn reference(&mut self, column: &Column) {
        let Some(name) = &column.refers_to else { return };
        let path = self.path_of(column).field("refers_to");
        let is_pseudonym = |column: &Column| column.personal && column.column_type() == ColumnType::Text;
        let Some(named) = self.source.column(name).filter(|named| named.name != column.name) else {
            let label = "name another column of the source, such as the number of the permit";
            self.fault(path, &format!("there is no other column `{name}`"), label);
            return;
        };
        if !is_pseudonym(column) || !is_pseudonym(named) || named.refers_to.is_some() {
            let label = "both have `personal = true`, and only one of them refers to the other";
            self.fault(path, "a reference is from one personal column to another", label);
        } else if (&column.field_type, column.fold, column.truncate, column.with.len())
            != (&named.field_type, named.fold, named.truncate, named.with.len())
        {
            let label = "`type`, `fold`, `truncate` and the columns in `from` make the pseudonym";
            self.fault(path, &format!("equal texts of `{name}` would be other pseudonyms"), label);
        }
    }

    /// Marks stand in the place of a value, and say one thing each.
    fn marks(&mut self, column: &Column) {
        let is_value = self.source.kind == SourceKind::Cells && column.name == columns::VALUE;
        if is_value && column.missing.len() > 1 {
            let label = "say what each means: `marks = { \"-\" = \"zero\", \"x\" = \"suppressed\" }`";
            let path = self.path_of(column).field("missing");
            self.fault(path, "several marks in the place of a value would become one thing", label);
        }
        if column.marks.is_empty() {
            return;
        }
        let path = self.path_of(column).field("marks");
        if !is_value {
            let label = "other columns have `missing`";
            self.fault(path.clone(), "only the `value` of cells has `marks`", label);
        }
        for (index, (text, _)) in column.marks.iter().enumerate() {
            let path = path.clone().field(text).name();
            if is_in(&column.missing, text) {
                self.fault(path.clone(), "a text has two meanings", "it is in `missing` too");
            }
            if column.marks[..index].iter().any(|(other, _)| other.trim() == text.trim()) {
                self.fault(path, "a mark has two meanings", "blanks around a mark mean nothing");
            }
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

    /// What is said of dates needs texts that say it, and what they become needs columns.
    fn date(&mut self, column: &Column) {
        let path = self.path_of(column);
        let Some(layout) = column.date_format() else { return };
        let has_moments = match self.source.format {
            Format::Parquet => true,
            Format::Csv(_) | Format::SdmxCsv(_) | Format::EurostatTsv(_) => false,
            Format::FixedWidth(_) | Format::Workbook(_) | Format::Json(_) | Format::JsonStat => false,
        };
        if layout.zone().is_some() && !layout.says_offset() && !has_moments {
            let label = "add `%z` to the layout: the texts must say how far they are from UTC";
            self.fault(path.clone().field("zone"), "days of another zone need times that say theirs", label);
        }
        if !layout.is_in_part() {
            return;
        }
        if self.source.kind == SourceKind::Cells {
            let label = "only records have dates that are said in part";
            self.fault(path.clone().field("partial"), "a cell is of one time", label);
        }
        let made = columns::possible_days(&column.name);
        if let Some(taken) = made.iter().find(|name| self.source.column(name).is_some()) {
            let message = format!("`{}` has the days that `{}` can be", taken, column.name);
            let fault = Diagnostic::error(Code::ColumnTwice, message);
            self.faults
                .push(fault.at(path.field("partial"), "rename the column that is declared with this name"));
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
