//! Code lists that no project need write: measures and indicators, units, concepts, statuses, rules, columns, groups of ages.
//!
//! A project may have a list of one of these names, with labels for what only it can know, such as its concepts; these come first.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{
    CodeKind, Codelist, Entry, Label, OWN_LISTS, age_label, columns, label, permit_labels, plain_label,
    status_label,
};

use crate::table::{DimensionKind, PublishedTable};

/// The list of the names of columns.
const COLUMN: &str = "column";

/// The code lists of some tables that the program makes itself, with the codes that are used.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct OwnLists {
    lists: Vec<Codelist>,
    /// The lists of dimensions that have none of their own: dimension and list.
    of_dimensions: BTreeMap<String, String>,
}

impl OwnLists {
    /// Those of some tables; `project` are the lists that the project has.
    pub fn of(tables: &[PublishedTable], project: &[Codelist]) -> Self {
        let mut own = Self::default();
        let used: BTreeSet<&String> = tables
            .iter()
            .flat_map(|table| table.dimensions.iter().filter_map(|of| of.list.as_ref()))
            .collect();
        for name in OWN_LISTS {
            let codes: BTreeSet<String> = tables.iter().flat_map(|table| table.codes_of(name)).collect();
            let known = project.iter().find(|list| list.name == name);
            if !codes.is_empty() && !used.contains(&name.to_owned()) {
                own.lists.push(list(name, codes.iter().map(|code| (code.clone(), entry(name, code, known)))));
            }
        }
        let names: BTreeSet<String> = tables.iter().flat_map(PublishedTable::column_names).collect();
        own.lists.push(list(COLUMN, names.iter().map(|name| (name.clone(), entry(COLUMN, name, None)))));
        own.add_dimensions(tables, &used);
        own.lists.sort_by(|one, other| one.name.cmp(&other.name));
        own
    }

    /// Ages, codes that say how two rules agree, and those of rules for permits, in dimensions without a list.
    fn add_dimensions(&mut self, tables: &[PublishedTable], used: &BTreeSet<&String>) {
        let mut codes: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
        for table in tables {
            let bare =
                table.dimensions.iter().filter(|of| of.list.is_none() && of.kind == DimensionKind::Code);
            for dimension in bare {
                let texts = dimension.levels.values().iter().map(crate::value::Value::text);
                codes.entry(&dimension.name).or_default().extend(texts);
            }
        }
        for (dimension, codes) in codes {
            let is_age = dimension.starts_with("age");
            let is_special = |code: &String| [columns::TOTAL, columns::NOT_STATED].contains(&code.as_str());
            let of_permits = labels_of_permits(codes.iter().filter(|code| !is_special(code)));
            let named = |code: &String| {
                let of_permit = of_permits.get(code.as_str()).map(|label| label.map(str::to_owned));
                let of_age = if is_age { age_label(code) } else { None };
                of_permit.or(of_age).or_else(|| plain_label(code))
            };
            let knows_some = codes.iter().any(|code| !is_special(code) && named(code).is_some());
            let name = dimension.replace('_', "-");
            if !knows_some || used.contains(&name) || self.lists.iter().any(|list| list.name == name) {
                continue;
            }
            let own = codes.iter().filter(|code| !is_special(code));
            let entry = |code: &String| {
                let labels = named(code).unwrap_or_else(|| [readable(code), String::new(), String::new()]);
                (code.clone(), Entry { labels, kind: CodeKind::Detail, translations: Vec::new() })
            };
            self.lists.push(list(&name, own.map(entry)));
            self.of_dimensions.insert(dimension.clone(), name);
        }
    }

    /// The lists, sorted by name.
    pub fn lists(&self) -> &[Codelist] {
        &self.lists
    }

    /// The list of a dimension that has none of the project.
    pub(crate) fn of_dimension(&self, dimension: &str) -> Option<&str> {
        self.of_dimensions.get(dimension).map(String::as_str)
    }

    /// The columns that every table has and the lists of their codes.
    pub(crate) fn of_columns(&self) -> impl Iterator<Item = &str> {
        OWN_LISTS.into_iter().filter(|name| self.lists.iter().any(|list| list.name == *name))
    }
}

/// What codes are called that a rule for permits gives; nothing where they are others.
fn labels_of_permits<'c>(codes: impl Iterator<Item = &'c String>) -> BTreeMap<&'c str, Label> {
    let codes: Vec<&str> = codes.map(String::as_str).collect();
    let labels = permit_labels(&codes).unwrap_or_default();
    codes.into_iter().zip(labels).collect()
}

fn list(name: &str, entries: impl Iterator<Item = (String, Entry)>) -> Codelist {
    Codelist {
        name: name.to_owned(),
        translates_to: Vec::new(),
        sha256: String::new(),
        file: String::new(),
        entries: entries.collect(),
        view: None,
    }
}

/// What a code is called: by the project, by the program, or else as it can be read.
fn entry(list: &str, code: &str, project: Option<&Codelist>) -> Entry {
    if let Some(entry) = project.and_then(|list| list.entries.get(code)) {
        return Entry { translations: Vec::new(), ..entry.clone() };
    }
    let own = |label: Label| label.map(str::to_owned);
    let labels = match list {
        columns::OBS_STATUS => status_label(code),
        _ => label(list, code).map(own),
    };
    let labels = labels.unwrap_or_else(|| [readable(code), String::new(), String::new()]);
    Entry { labels, kind: CodeKind::Detail, translations: Vec::new() }
}

/// `resident_citizens` becomes *resident citizens*.
fn readable(code: &str) -> String {
    if code.chars().any(char::is_lowercase) { code.replace('_', " ") } else { code.to_owned() }
}
