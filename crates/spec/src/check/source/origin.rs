//! Faults of where a column comes from: fields, names of files, what all rows say, other rows.

use super::{SourceCheck, is_in};
use crate::ColumnType;
use crate::columns;
use crate::format::Format;
use crate::source::{Column, FieldType};

impl SourceCheck<'_> {
    /// What belongs to one format, or to one way of reading a column.
    pub(super) fn origin(&mut self, column: &Column) {
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

    /// Several columns of the file are read together only where they identify a person.
    pub(super) fn key(&mut self, column: &Column) {
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
}
