//! Faults of a column.

use std::collections::BTreeSet;

use super::{SourceCheck, is_in};
use crate::columns;
use crate::format::{Format, SdmxCsv};
use crate::source::{Column, FieldType, MAX_SCALE, SourceKind};
use crate::{Code, Diagnostic};

impl SourceCheck<'_> {
    pub(super) fn column(&mut self, column: &Column) {
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
        // Where cells are added up, it says of codes that seem to be totals that they are none.
        let says_of_codes =
            self.source.kind == SourceKind::Cells && self.source.additive.is_over(&column.name);
        if column.total.is_none() {
            for (field, is_given) in [
                ("complete", column.complete),
                ("tolerance", column.tolerance != 0.0),
                ("compare", !column.compare && !says_of_codes),
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
}
