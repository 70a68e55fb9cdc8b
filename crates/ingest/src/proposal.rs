//! What may be meant by texts without a meaning: told, and never taken.

use std::collections::HashMap;
use std::sync::Arc;

use denizen_spec::{Codelist, Column, FieldType, Reference};

use crate::code_mapping::list_of;
use crate::fold::folded;
use crate::input::Input;
use crate::label_index::{LabelIndex, Resolution, Target};

/// What may be meant by a text without a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// A code of the list; none where nothing is near, or several codes are.
    pub code: Option<String>,
    /// Its label.
    pub label: String,
    /// Why it is proposed, or why none is.
    pub why: String,
}

/// What the names of a list propose for a text.
pub(crate) fn of_names(index: &LabelIndex, text: &str) -> Option<Proposal> {
    let none = |why: String| Some(Proposal { code: None, label: String::new(), why });
    match index.resolve(text) {
        Resolution::Several(targets) => {
            let named: Vec<String> = targets.iter().map(|target| target.in_words()).collect();
            none(format!("a name of {}", named.join(" and of ")))
        }
        Resolution::One(target) => match &target.code {
            None => none(format!(
                "a name of {}, for which the list has no code{}",
                target.in_words(),
                index.fate(target)
            )),
            Some(code) => {
                let why = "a name: `match = \"label\"` takes names".to_owned();
                Some(Proposal { code: Some(code.clone()), label: target.label.clone(), why })
            }
        },
        Resolution::Unknown => of_near_names(&index.nearest(text)),
    }
}

/// What the nearest names propose; where they are those of several codes, none of these.
fn of_near_names(nearest: &[(&Target, &str, usize)]) -> Option<Proposal> {
    let (target, _, distance) = nearest.first()?;
    let names: Vec<String> = nearest.iter().take(4).map(|(_, name, _)| format!("`{name}`")).collect();
    let names = names.join(" or ");
    let why = match distance {
        0 => format!("{names}, written otherwise"),
        1 => format!("{names} but for 1 letter"),
        _ => format!("{names} but for {distance} letters"),
    };
    let one = (nearest.len() == 1).then_some(target);
    let label = one.map(|target| target.label.clone()).unwrap_or_default();
    Some(Proposal { code: one.and_then(|target| target.code.clone()), label, why })
}

/// Proposals for the texts of one column.
pub struct Proposals {
    /// Declared texts by their letters, with their codes.
    declared: HashMap<String, (String, String)>,
    names: Option<Arc<LabelIndex>>,
    list: Option<Codelist>,
}

impl Input {
    /// Proposals for the texts of a column of codes.
    pub fn proposals(&self, column: &str) -> Option<Proposals> {
        let column = self.source().column(column).filter(|column| column.field_type == FieldType::Code)?;
        let list = list_of(column, self.codelists());
        let names = list.map(|list| self.indexes.of(list));
        Some(Proposals { declared: declared(column), names, list: list.cloned() })
    }
}

fn declared(column: &Column) -> HashMap<String, (String, String)> {
    let codes = column.codes.iter();
    codes.filter_map(|(text, code)| Some((folded(text)?, (text.clone(), code.clone())))).collect()
}

impl Proposals {
    /// What may be meant by a text.
    pub fn propose(&self, text: &str) -> Option<Proposal> {
        let declared = folded(text).and_then(|key| self.declared.get(&key));
        if let Some((known, code)) = declared {
            let why = format!("the declared `{known}`, written otherwise");
            return Some(Proposal { code: Some(code.clone()), label: self.label(code), why });
        }
        let names = self.names.as_ref()?;
        match names.resolve(text) {
            Resolution::Unknown => self.of_other_list(text).or_else(|| of_names(names, text)),
            Resolution::One(_) | Resolution::Several(_) => of_names(names, text),
        }
    }

    fn label(&self, code: &str) -> String {
        let entry = self.list.as_ref().and_then(|list| list.entries.get(code));
        entry.map(|entry| entry.labels[0].clone()).unwrap_or_default()
    }

    /// A code of another list, where all lists that have it mean one thing.
    fn of_other_list(&self, text: &str) -> Option<Proposal> {
        let list = self.list.as_ref()?;
        let view = list.view.as_ref()?;
        let reference: &Reference = &view.reference;
        let known = reference.codes.iter().filter(|known| known.code == text);
        let (schemes, ids): (Vec<&str>, Vec<&str>) =
            known.map(|known| (known.scheme.as_str(), known.id.as_str())).unzip();
        let id = ids.first().filter(|first| ids.iter().all(|id| id == *first))?;
        let code = list.entries.keys().find(|code| view.entities(code) == [*id])?;
        let why = format!("a code of `{}`", schemes[0]);
        Some(Proposal { code: Some(code.clone()), label: self.label(code), why })
    }
}
