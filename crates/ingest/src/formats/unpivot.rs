//! Wide tables in any format: columns that are codes of a dimension become rows.

use std::collections::HashMap;

use denizen_spec::{Code, Column, Diagnostic, FLAG, FieldType, Repair, Selection, Source, Unpivot};

use super::repair::{RowRepair, of_rows};
use super::reshape::{Cell, Flags, Part, Plan, ReshapedRows};
use super::{Envelope, FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::{Called, called};

/// A format whose columns become rows.
pub(super) struct Unpivoted {
    format: Box<dyn FileFormat>,
    unpivot: Unpivot,
    /// The columns that the source declares and the file has.
    declared: Vec<String>,
    repair: Vec<Repair>,
    /// Whether the names of a file may be shown: where there is no header, they may be those of persons.
    shows_names: bool,
}

/// The source as it stands in the file: without the columns that are made, and with those that are named.
pub(super) fn wide_source(source: &Source, unpivot: &Unpivot) -> Source {
    let is_made = |column: &Column| unpivot.made().any(|made| made == column.from) && column.is_field();
    let mut columns: Vec<Column> = source.columns.iter().filter(|column| !is_made(column)).cloned().collect();
    if let Selection::Names(names) = &unpivot.columns {
        columns.extend(names.iter().map(|name| Column::new(name.trim(), FieldType::Text)));
    }
    Source { columns, unpivot: None, ..source.clone() }
}

impl Unpivoted {
    pub(super) fn new(format: Box<dyn FileFormat>, source: &Source, unpivot: &Unpivot) -> Self {
        let declared = source.columns.iter().flat_map(Column::names_in_file).map(str::to_owned).collect();
        let repair = of_rows(source);
        let shows_names = !source.has_personal_columns();
        Self { format, unpivot: unpivot.clone(), declared, repair, shows_names }
    }
}

impl FileFormat for Unpivoted {
    fn decoder(&self) -> Decoder {
        self.format.decoder()
    }

    fn inner(&self) -> Option<&dyn FileFormat> {
        Some(&*self.format)
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let name = file.name.clone();
        let (unpivot, declared, decoder) = (self.unpivot.clone(), self.declared.clone(), self.decoder());
        let (shows_names, repair) = (self.shows_names, self.repair.clone());
        let make = move |file: &str, names: &[String]| {
            let made = plan(&unpivot, &declared, decoder, file, names)
                .and_then(|plan| plan.with_repairs(&repair, file, names));
            made.map(Some).map_err(|error| if shows_names { error } else { unnamed(file) })
        };
        Ok(Box::new(ReshapedRows::new(name, self.format.open(file)?, Box::new(make))))
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let has_flags = self.unpivot.flag_suffix.is_some() || !self.repair.is_empty();
        let of_flags = has_flags.then(|| names.iter().position(|name| name == FLAG));
        let envelope = self.format.envelope(names);
        Envelope { status: envelope.status.or(of_flags.flatten()), ..envelope }
    }
}

impl Plan {
    /// With numbers that are repaired in the rows of the file, and their flags.
    fn with_repairs(mut self, repair: &[Repair], file: &str, names: &[String]) -> Result<Self, Diagnostic> {
        self.repairs = RowRepair::all(repair, file, names)?;
        let has_flags = self.columns.iter().any(|(_, part)| *part == Part::Flag);
        if !repair.is_empty() && !has_flags {
            if self.columns.iter().any(|(name, _)| name == FLAG) {
                let message =
                    format!("`{file}` has a column `{FLAG}`, as the one of the flags of repaired numbers");
                let fault = Diagnostic::error(Code::WideTable, message).in_file(file, Some(1));
                return Err(fault.help("name it in `ignore` of `unpivot`"));
            }
            self.columns.push((FLAG.to_owned(), Part::Flag));
        }
        Ok(self)
    }
}

/// What is said of a file whose names may not be shown.
fn unnamed(file: &str) -> Diagnostic {
    let message = format!("the columns of `{file}` are not those that `unpivot` expects");
    let error = Diagnostic::error(Code::WideTable, message).in_file(file, Some(1));
    error.help("declare each of them, select it in `unpivot`, or name it in `ignore` of `unpivot`")
}

/// What the columns of a file are.
#[derive(Default)]
struct Sorted<'n> {
    /// Those that stay columns.
    columns: Vec<(String, Part)>,
    /// Those that become rows.
    cells: Vec<Cell>,
    /// Those of which nothing is said.
    neither: Vec<(usize, &'n String)>,
}

impl<'n> Sorted<'n> {
    fn new(
        unpivot: &Unpivot,
        declared: &[String],
        decoder: Decoder,
        file: &str,
        names: &'n [String],
    ) -> Result<Self, Diagnostic> {
        let found = declared.iter().filter_map(|wanted| match called(names, wanted) {
            Called::One(field) => Some((field, wanted)),
            Called::Nothing | Called::Several => None,
        });
        let declared: HashMap<usize, &String> = found.collect();
        let (mut sorted, mut flags) = (Self::default(), Vec::new());
        for (field, name) in names.iter().enumerate() {
            let is_declared = declared.contains_key(&field);
            if unpivot.is_ignored(name) && !is_declared {
                continue;
            }
            // The flags of a column are found before it is taken for one of values.
            if is_of_flags(unpivot, name) && !is_declared {
                flags.push(field);
            } else if let Some(codes) = unpivot.codes(name, is_declared) {
                let codes = codes.into_iter().map(|code| decoder.encode(code).as_ref().into()).collect();
                let flags = flags_of(unpivot, names, name).map_or(Flags::None, Flags::Field);
                sorted.add(Cell { field, flags, codes }, file, name)?;
            } else if let Some(wanted) = declared.get(&field) {
                sorted.columns.push(((*wanted).clone(), Part::Field(field)));
            } else {
                sorted.neither.push((field, name));
            }
        }
        let used = |field: &usize| sorted.cells.iter().any(|cell| cell.flags == Flags::Field(*field));
        let unused: Vec<_> =
            flags.into_iter().filter(|field| !used(field)).map(|field| (field, &names[field])).collect();
        sorted.neither.extend(unused);
        Ok(sorted)
    }

    fn add(&mut self, cell: Cell, file: &str, name: &str) -> Result<(), Diagnostic> {
        if self.cells.iter().any(|known| known.codes == cell.codes) {
            let fault = fault(file, format!("`{file}` has two columns `{name}`"));
            return Err(fault.help("ask its publisher which one is meant"));
        }
        self.cells.push(cell);
        Ok(())
    }

    /// Something becomes rows, of each column it is said what it is, and none is made that is there.
    fn check(&self, unpivot: &Unpivot, file: &str) -> Result<(), Diagnostic> {
        if self.cells.is_empty() {
            let fault = fault(file, format!("no column of `{file}` becomes a row"));
            return Err(fault.help("correct `unpivot`"));
        }
        if let Some((field, name)) = self.neither.first() {
            let others = self.neither.len() - 1;
            let more = if others > 0 { format!(", and {others} others") } else { String::new() };
            let message = format!(
                "column {} of `{file}` (`{name}`{more}) is neither declared nor one of those that become rows",
                field + 1
            );
            let help = "declare it, select it in `unpivot`, or name it in `ignore` of `unpivot`";
            return Err(fault(file, message).help(help));
        }
        let is_there = |name: &&str| self.columns.iter().any(|(other, _)| other == name);
        match unpivot.made().find(is_there) {
            None => Ok(()),
            Some(twice) => {
                let fault = fault(file, format!("`{file}` has a column `{twice}`, as one that is made"));
                Err(fault.help("call the one that is made otherwise: `into` or `value` of `unpivot`"))
            }
        }
    }
}

fn fault(file: &str, message: String) -> Diagnostic {
    Diagnostic::error(Code::WideTable, message).in_file(file, Some(1))
}

/// Whether a column holds the flags of one that becomes rows.
fn is_of_flags(unpivot: &Unpivot, name: &str) -> bool {
    let base = unpivot.flag_suffix.as_ref().and_then(|suffix| name.strip_suffix(suffix.as_str()));
    base.is_some_and(|base| unpivot.codes(base.trim_end(), false).is_some())
}

/// The column of the flags of another one.
fn flags_of(unpivot: &Unpivot, names: &[String], name: &str) -> Option<usize> {
    let suffix = unpivot.flag_suffix.as_ref()?;
    let is_it =
        |other: &String| other.strip_suffix(suffix.as_str()).is_some_and(|start| start.trim_end() == name);
    names.iter().position(is_it)
}

fn plan(
    unpivot: &Unpivot,
    declared: &[String],
    decoder: Decoder,
    file: &str,
    names: &[String],
) -> Result<Plan, Diagnostic> {
    let sorted = Sorted::new(unpivot, declared, decoder, file, names)?;
    sorted.check(unpivot, file)?;
    let Sorted { mut columns, cells, .. } = sorted;
    columns.extend(unpivot.into.iter().enumerate().map(|(code, name)| (name.clone(), Part::Name(code))));
    columns.push((unpivot.value.clone(), Part::Value));
    if unpivot.flag_suffix.is_some() {
        columns.push((FLAG.to_owned(), Part::Flag));
    }
    Ok(Plan { columns, parts_of_first: None, cells, repairs: Vec::new() })
}
