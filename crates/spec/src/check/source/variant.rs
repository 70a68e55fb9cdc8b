//! Faults of the variants of a source.

use super::check_form;
use crate::source::{Column, FieldType, Source, SourceKind};
use crate::variant::Variant;
use crate::{Code, DateFormat, Diagnostic, Path, columns};

/// Faults of the variants of a source that has none itself.
pub(super) fn check_variants(source: &Source, made: &[&str]) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for column in source.columns.iter().filter(|column| column.absent) {
        let path = Path::source(&source.name).column(&column.name).field("absent");
        let message = format!("no file would have the column `{}`", column.name);
        faults.push(fault(path, &message, "only a variant of the source lacks a column"));
    }
    for (index, variant) in source.variants.iter().enumerate() {
        let path = Path::source(&source.name).field("variant").index(index);
        if source.variants[..index].iter().any(|other| other.name == variant.name) {
            faults.push(fault(path.clone().field("name"), "two variants have one name", "name it otherwise"));
        }
        let differing = differing(source, variant, &path);
        if differing.is_empty() {
            faults.extend(check_form(&variant.source, path.clone(), made));
            faults.extend(variant.source.columns.iter().filter_map(|column| absent(source, column, &path)));
        } else {
            faults.extend(differing);
        }
    }
    faults
}

fn fault(path: Path, message: &str, label: &str) -> Diagnostic {
    Diagnostic::error(Code::SourceVariant, message).at(path, label)
}

/// Columns that would not be the same after reading.
fn differing(source: &Source, variant: &Variant, path: &Path) -> Vec<Diagnostic> {
    let names = |source: &Source| -> Vec<String> {
        source.columns.iter().map(|column| column.name.clone()).collect()
    };
    if names(source) != names(&variant.source) || !variant.source.variants.is_empty() {
        let label = "what differs is where a file has them, or that it has not";
        return vec![fault(path.clone(), "a variant has the columns of its source", label)];
    }
    let mut faults = Vec::new();
    for (column, own) in source.columns.iter().zip(&variant.source.columns) {
        let path = path.clone().column(&column.name);
        let is_same = column.column_type() == own.column_type()
            && std::mem::discriminant(&column.field_type) == std::mem::discriminant(&own.field_type)
            && column.personal == own.personal
            && (column.fold, column.truncate, column.shape) == (own.fold, own.truncate, own.shape)
            && column.refers_to == own.refers_to
            && column.is_in_part() == own.is_in_part()
            && column.date_format().map(DateFormat::first_month)
                == own.date_format().map(DateFormat::first_month)
            && column.codelist == own.codelist;
        if !is_same {
            let message = format!("`{}` would be two kinds of column", column.name);
            faults.push(fault(path.clone().field("type"), &message, "the type holds for all files"));
        }
        if column.total.is_some() != own.total.is_some() {
            let message = format!("`{}` would have a total in some files", column.name);
            faults.push(fault(
                path.field("total"),
                &message,
                "state one in the source, and here how it is called",
            ));
        }
    }
    faults
}

/// What no row can do without is in every file, and what nothing stands for is no code.
fn absent(source: &Source, column: &Column, path: &Path) -> Option<Diagnostic> {
    if !column.absent {
        return None;
    }
    let path = path.clone().column(&column.name).field("absent");
    let name = column.name.as_str();
    let needed = [columns::VALUE, columns::CONCEPT, columns::REFERENCE_DATE, columns::YEAR];
    if source.is_weight(name) || source.kind == SourceKind::Cells && needed.contains(&name) {
        let message = format!("no row can do without `{name}`");
        let label = "read it from the name of the file, or read these files as a source of their own";
        return Some(fault(path, &message, label));
    }
    let means = column.codes.iter().any(|(text, _)| text.trim().is_empty())
        || column.total.as_deref().is_some_and(|text| text.trim().is_empty());
    if means && column.field_type != FieldType::Text {
        let message = format!("the empty text means something in `{name}`");
        return Some(fault(path, &message, "such a column cannot be absent"));
    }
    None
}
