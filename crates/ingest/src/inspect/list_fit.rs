//! Which code list of a project has the texts of a column.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use denizen_spec::{CodeKind, Codelist, Path as Setting};

use crate::codelist::codelist;
use crate::label_index::{LabelIndex, Resolution};
use crate::reference::with_reference;

/// The code lists of a project.
pub struct Lists {
    lists: Vec<(Codelist, LabelIndex)>,
}

/// How a list fits the texts of a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListFit {
    /// The list.
    pub list: String,
    /// Whether its labels are matched, not its codes.
    pub is_by_label: bool,
    /// Texts with their codes.
    pub mapped: Vec<(String, String)>,
    /// Texts that the list says are several codes together, or all.
    pub aggregates: Vec<String>,
    /// Texts without a code.
    pub unmapped: Vec<String>,
}

impl ListFit {
    /// Whether two texts have one code.
    pub fn is_merging(&self) -> bool {
        let mut seen = HashMap::new();
        self.mapped.iter().any(|(_, code)| seen.insert(code.as_str(), ()).is_some())
    }

    /// The share of texts that have a meaning.
    pub fn share(&self) -> f64 {
        let known = self.mapped.len() + self.aggregates.len();
        known as f64 / (known + self.unmapped.len()).max(1) as f64
    }
}

impl Lists {
    /// Reads the lists in `data/codelists`. Those that cannot be read are left out: they are no affair of an unknown file.
    pub fn of_project(project: &Path) -> Self {
        let folder = project.join("data/codelists");
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let is_list = |path: &PathBuf| path.extension().is_some_and(|end| end == "csv");
        let mut names: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(is_list)
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort_unstable();
        let read = |name: &String| {
            let list = codelist(project, name, Setting::root()).ok()?;
            let list = with_reference(list.clone(), project).unwrap_or(list);
            let index = LabelIndex::new(&list);
            Some((list, index))
        };
        Self { lists: names.iter().filter_map(read).collect() }
    }

    /// Whether there is a list of this name.
    pub fn has(&self, name: &str) -> bool {
        self.lists.iter().any(|(list, _)| list.name == name)
    }

    /// The lists that know most of some texts, the best first: by code, and by label.
    pub fn fits(&self, texts: &[&str]) -> Vec<ListFit> {
        let by_code = self.lists.iter().map(|(list, _)| by_code(list, texts));
        let by_label = self.lists.iter().map(|(list, index)| by_label(list, index, texts));
        let mut fits: Vec<ListFit> = by_code.chain(by_label).filter(|fit| fit.mapped.len() > 1).collect();
        // Of lists that know as much, the one that holds less beside is meant.
        let size = |name: &str| {
            self.lists.iter().find(|(list, _)| list.name == name).map_or(0, |(list, _)| list.entries.len())
        };
        fits.sort_by(|one, other| {
            let key = |fit: &ListFit| (fit.mapped.len() + fit.aggregates.len(), fit.mapped.len());
            let order = key(other).cmp(&key(one)).then_with(|| one.is_by_label.cmp(&other.is_by_label));
            order
                .then_with(|| size(&one.list).cmp(&size(&other.list)))
                .then_with(|| one.list.cmp(&other.list))
        });
        fits
    }
}

fn by_code(list: &Codelist, texts: &[&str]) -> ListFit {
    let mut fit = ListFit { list: list.name.clone(), ..ListFit::default() };
    for text in texts {
        match list.entries.get(*text).map(|entry| entry.kind) {
            Some(CodeKind::Detail | CodeKind::Residual) => {
                fit.mapped.push(((*text).to_owned(), (*text).to_owned()))
            }
            Some(CodeKind::Aggregate | CodeKind::Total) => fit.aggregates.push((*text).to_owned()),
            None => fit.unmapped.push((*text).to_owned()),
        }
    }
    fit
}

fn by_label(list: &Codelist, index: &LabelIndex, texts: &[&str]) -> ListFit {
    let mut fit = ListFit { list: list.name.clone(), is_by_label: true, ..ListFit::default() };
    for text in texts {
        let code = match index.resolve(text) {
            Resolution::One(target) => target.code.as_ref(),
            Resolution::Unknown | Resolution::Several(_) => None,
        };
        let kind = code.and_then(|code| list.entries.get(code)).map(|entry| entry.kind);
        match (code, kind) {
            (Some(code), Some(CodeKind::Detail | CodeKind::Residual)) => {
                fit.mapped.push(((*text).to_owned(), code.clone()))
            }
            (Some(_), Some(CodeKind::Aggregate | CodeKind::Total)) => fit.aggregates.push((*text).to_owned()),
            (Some(_), None) | (None, _) => fit.unmapped.push((*text).to_owned()),
        }
    }
    fit
}
