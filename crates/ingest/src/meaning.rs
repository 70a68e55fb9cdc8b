//! What the codes of a column mean.

use std::collections::HashMap;

use denizen_spec::{Code, CodeKind, Codelist, Column, Diagnostic, Path, Source, SourceKind, columns};

/// What a code of the file means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
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
pub(crate) fn meanings(
    column: &Column,
    source: &Source,
    lists: &[Codelist],
) -> Result<HashMap<String, Meaning>, Vec<Diagnostic>> {
    let list = column.codelist.as_ref().and_then(|name| lists.iter().find(|list| list.name == *name));
    let mut faults = Vec::new();
    let path = |theirs: &str| Path::source(&source.name).column(&column.name).field("codes").field(theirs);
    let mut meanings = HashMap::new();
    if column.codes.is_empty() {
        for (code, entry) in list.iter().flat_map(|list| &list.entries) {
            let meaning = if entry.kind == CodeKind::Detail { ours(code) } else { Meaning::Aggregate };
            meanings.insert(code.clone(), meaning);
        }
    }
    for (theirs, code) in &column.codes {
        match list.map(|list| list.entries.get(code).map(|entry| entry.kind)) {
            None | Some(Some(CodeKind::Detail)) => meanings.insert(theirs.clone(), ours(code)),
            Some(Some(CodeKind::Aggregate)) => meanings.insert(theirs.clone(), Meaning::Aggregate),
            Some(Some(CodeKind::Total)) => {
                faults.push(fault(
                    path(theirs),
                    code,
                    "stands for a total",
                    "name the code of the file in `total` instead",
                ));
                None
            }
            Some(None) => {
                let message = format!("is not in the code list of `{}`", column.name);
                faults.push(fault(path(theirs), code, &message, "not in the list"));
                None
            }
        };
    }
    if source.kind == SourceKind::Records {
        meanings.retain(|_, meaning| *meaning != Meaning::Aggregate);
    }
    if let Some(total) = &column.total {
        meanings.insert(total.clone(), Meaning::Code(columns::TOTAL.to_owned()));
    }
    if faults.is_empty() { Ok(meanings) } else { Err(faults) }
}

fn ours(code: &str) -> Meaning {
    if code == columns::NOT_STATED { Meaning::NotStated } else { Meaning::Code(code.to_owned()) }
}

fn fault(path: Path, code: &str, what: &str, label: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownValue, format!("the code `{code}` {what}")).at(path, label)
}
