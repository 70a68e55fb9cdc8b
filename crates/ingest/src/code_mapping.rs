//! What the codes of a column mean.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use denizen_spec::{
    Code, CodeKind, Codelist, Column, Diagnostic, Matching, Path, Source, SourceKind, columns,
};

use crate::fold::folded;
use crate::label_index::{LabelIndex, LabelIndexes, Resolution, Target};
use crate::proposal::{Proposal, of_names};

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

/// Every code of a column and what it means: those of `codes`, or else those of the list. What else a text may be says
/// [`OtherTexts`].
///
/// Where `codes` are given the list only says what they may be turned into: `M` is *male* in one file and *mujer* in
/// another, so a code of the list is not taken for one of the file, unless `match` says so. A record belongs to one code,
/// so that aggregates and totals have no meaning in records.
///
/// # Errors
///
/// Codes that the list does not have, or that stand for a total.
pub(crate) fn code_mapping(
    column: &Column,
    source: &Source,
    lists: &[Codelist],
) -> Result<BTreeMap<String, CodeMapping>, Vec<Diagnostic>> {
    let list = list_of(column, lists);
    let mut errors = Vec::new();
    let path = |theirs: &str| Path::source(&source.name).column(&column.name).field("codes").field(theirs);
    let mut mapping = BTreeMap::new();
    let has_codes_of_list = match column.matching {
        None => column.codes.is_empty(),
        Some(Matching::Code | Matching::Number) => true,
        // A column states labels or codes: `NA` among labels need not be Namibia.
        Some(Matching::Label) => false,
    };
    for (code, _) in list.iter().filter(|_| has_codes_of_list).flat_map(|list| &list.entries) {
        mapping.insert(code.clone(), meaning(code, list));
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

/// The list of a column.
pub(crate) fn list_of<'a>(column: &Column, lists: &'a [Codelist]) -> Option<&'a Codelist> {
    column.codelist.as_ref().and_then(|name| lists.iter().find(|list| list.name == *name))
}

/// What a code of the list means in a row.
fn meaning(code: &str, list: Option<&Codelist>) -> CodeMapping {
    match list.and_then(|list| list.entries.get(code)) {
        Some(entry) if !entry.kind.is_part() => CodeMapping::Aggregate,
        Some(_) | None => ours(code),
    }
}

/// What texts mean that are not declared as they stand.
pub(crate) struct OtherTexts {
    meanings: Vec<CodeMapping>,
    found_by: FoundBy,
}

/// How such a text is found; what is found is an index of a meaning.
enum FoundBy {
    /// By its number, without the zeros before it.
    Number(HashMap<String, usize>),
    /// By its letters: texts of `codes` and the total first, then the names of the list.
    Label { declared: HashMap<String, usize>, names: LabelNames },
}

/// The names of a list, with a meaning for each of its targets.
struct LabelNames {
    index: Arc<LabelIndex>,
    meanings: Vec<Option<usize>>,
}

impl OtherTexts {
    /// Those of a column; none where all texts are declared.
    ///
    /// # Errors
    ///
    /// Declared texts that are one number or one name, and mean different things.
    pub(crate) fn new(
        column: &Column,
        source: &Source,
        lists: &[Codelist],
        indexes: &LabelIndexes,
        mapping: &BTreeMap<String, CodeMapping>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let Some(list) = list_of(column, lists) else { return Ok(None) };
        let key: fn(&str) -> Option<String> = match column.matching {
            None | Some(Matching::Code) => return Ok(None),
            Some(Matching::Number) => number,
            Some(Matching::Label) => folded,
        };
        let mut meanings: Vec<CodeMapping> = Vec::new();
        let mut declared: HashMap<String, usize> = HashMap::new();
        for (text, meaning) in mapping {
            let Some(key) = key(text) else { continue };
            let index = *declared.entry(key).or_insert(meanings.len());
            if index == meanings.len() {
                meanings.push(meaning.clone());
            } else if meanings[index] != *meaning {
                let path = Path::source(&source.name).column(&column.name).field("match");
                let message =
                    format!("`{text}` of `{}` and another text are one, and mean two things", column.name);
                let fault = Diagnostic::error(Code::UnknownValue, message);
                return Err(vec![fault.at(path, "zeros before a number, case and accents mean nothing")]);
            }
        }
        let found_by = match column.matching {
            Some(Matching::Label) => {
                let names = label_names(list, indexes.of(list), source, &mut meanings);
                FoundBy::Label { declared, names }
            }
            Some(Matching::Number | Matching::Code) | None => FoundBy::Number(declared),
        };
        Ok(Some(Self { meanings, found_by }))
    }

    /// All that such a text may mean.
    pub(crate) fn meanings(&self) -> &[CodeMapping] {
        &self.meanings
    }

    /// The index of what a text means; none where it means nothing, or several things.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        match &self.found_by {
            FoundBy::Number(numbers) => numbers.get(&number(text)?).copied(),
            FoundBy::Label { declared, names } => {
                let LabelNames { index, meanings } = names;
                declared.get(&folded(text)?).copied().or_else(|| match index.resolve(text) {
                    Resolution::One(target) => index
                        .targets()
                        .iter()
                        .position(|known| known == target)
                        .and_then(|found| meanings[found]),
                    Resolution::Several(_) | Resolution::Unknown => None,
                })
            }
        }
    }

    /// What may be meant by a text that means nothing; it is said, and never taken.
    pub(crate) fn proposal(&self, text: &str) -> Option<Proposal> {
        match &self.found_by {
            FoundBy::Number(_) => None,
            FoundBy::Label { names, .. } => of_names(&names.index, text),
        }
    }
}

fn label_names(
    list: &Codelist,
    index: Arc<LabelIndex>,
    source: &Source,
    meanings: &mut Vec<CodeMapping>,
) -> LabelNames {
    let of_target = |target: &Target| {
        let meaning = meaning(target.code.as_deref()?, Some(list));
        // A record belongs to one code.
        if source.kind == SourceKind::Records && meaning == CodeMapping::Aggregate {
            return None;
        }
        meanings.push(meaning);
        Some(meanings.len() - 1)
    };
    let of_targets = index.targets().iter().map(of_target).collect();
    LabelNames { index, meanings: of_targets }
}

/// The number that a code is.
fn number(code: &str) -> Option<String> {
    let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{:0>1}", code.trim_start_matches('0')))
}

fn ours(code: &str) -> CodeMapping {
    if code == columns::NOT_STATED { CodeMapping::NotStated } else { CodeMapping::Code(code.to_owned()) }
}

fn error(path: Path, code: &str, what: &str, label: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownValue, format!("the code `{code}` {what}")).at(path, label)
}
