//! What the codes of a column mean.

use std::collections::BTreeMap;

use denizen_spec::{Code, CodeKind, Codelist, Column, Diagnostic, Path, Source, SourceKind, columns};

/// What a code of the file means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodeMapping {
    /// One of our codes.
    Code(String),
    /// Nobody said it.
    NotStated,
    /// Several other codes together; such a cell is left out, for its people are in the others.
    Aggregate,
}

/// Every code of a column and what it means: those of `codes`, or else those of the list.
///
/// Where `codes` are given the list only says what they may be turned into: `M` is *male* in one file and *mujer* in
/// another, so a code of the list is not taken for one of the file. A record belongs to one code, so that aggregates and
/// totals have no meaning in records.
///
/// # Errors
///
/// Codes that the list does not have, or that stand for a total.
pub(crate) fn code_mapping(
    column: &Column,
    source: &Source,
    lists: &[Codelist],
) -> Result<BTreeMap<String, CodeMapping>, Vec<Diagnostic>> {
    let list = column.codelist.as_ref().and_then(|name| lists.iter().find(|list| list.name == *name));
    let mut errors = Vec::new();
    let path = |theirs: &str| Path::source(&source.name).column(&column.name).field("codes").field(theirs);
    let mut mapping = BTreeMap::new();
    if column.codes.is_empty() {
        for (code, entry) in list.iter().flat_map(|list| &list.entries) {
            let meaning = if entry.kind.is_part() { ours(code) } else { CodeMapping::Aggregate };
            mapping.insert(code.clone(), meaning);
        }
    }
    for (theirs, code) in &column.codes {
        match list.map(|list| list.entries.get(code).map(|entry| entry.kind)) {
            None | Some(Some(CodeKind::Detail | CodeKind::Residual)) => {
                mapping.insert(theirs.clone(), ours(code))
            }
            Some(Some(CodeKind::Aggregate)) => mapping.insert(theirs.clone(), CodeMapping::Aggregate),
            Some(Some(CodeKind::Total)) => {
                errors.push(error(
                    path(theirs),
                    code,
                    "stands for a total",
                    "name the code of the file in `total` instead",
                ));
                None
            }
            Some(None) => {
                let message = format!("is not in the code list of `{}`", column.name);
                errors.push(error(path(theirs), code, &message, "not in the list"));
                None
            }
        };
    }
    if source.kind == SourceKind::Records {
        mapping.retain(|_, meaning| *meaning != CodeMapping::Aggregate);
    }
    if let Some(total) = &column.total {
        mapping.insert(total.clone(), CodeMapping::Code(columns::TOTAL.to_owned()));
    }
    if errors.is_empty() { Ok(mapping) } else { Err(errors) }
}

fn ours(code: &str) -> CodeMapping {
    if code == columns::NOT_STATED { CodeMapping::NotStated } else { CodeMapping::Code(code.to_owned()) }
}

fn error(path: Path, code: &str, what: &str, label: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownValue, format!("the code `{code}` {what}")).at(path, label)
}
