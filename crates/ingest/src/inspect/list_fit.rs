//! Which code list of a project has the texts of a column.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use denizen_spec::{CodeKind, Codelist, Path as Setting};

use crate::codelist::codelist;
use crate::fold::folded;
use crate::label_index::{LabelIndex, Resolution};
use crate::reference::with_reference;

/// Codes of a list from which on only its own labels are compared: what its reference knows besides takes long to prepare.
const LARGE: usize = 1_000;

/// The code lists of a project.
pub struct Lists {
    project: PathBuf,
    lists: Vec<KnownList>,
}

struct KnownList {
    list: Codelist,
    /// Made when the first column of names is looked at.
    names: OnceCell<Names>,
}

/// What finds codes by names.
enum Names {
    All(Box<LabelIndex>),
    /// The labels of a large list, by their letters; none where a label is that of several codes.
    Labels(HashMap<String, Option<String>>),
}

impl KnownList {
    fn names(&self, project: &Path) -> &Names {
        self.names.get_or_init(|| {
            if self.list.entries.len() > LARGE {
                return Names::labels(&self.list);
            }
            let list = with_reference(self.list.clone(), project).unwrap_or_else(|_| self.list.clone());
            Names::All(Box::new(LabelIndex::new(&list)))
        })
    }
}

impl Names {
    fn labels(list: &Codelist) -> Self {
        let mut labels: HashMap<String, Option<String>> = HashMap::new();
        for (code, entry) in &list.entries {
            for key in entry.labels.iter().filter_map(|label| folded(label)) {
                let known = labels.entry(key).or_insert_with(|| Some(code.clone()));
                if known.as_ref() != Some(code) {
                    *known = None;
                }
            }
        }
        Self::Labels(labels)
    }

    fn code(&self, text: &str) -> Option<&String> {
        match self {
            Self::All(index) => match index.resolve(text) {
                Resolution::One(target) => target.code.as_ref(),
                Resolution::Unknown | Resolution::Several(_) => None,
            },
            Self::Labels(labels) => labels.get(&folded(text)?)?.as_ref(),
        }
    }
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
            Some(KnownList { list, names: OnceCell::new() })
        };
        Self { project: project.to_path_buf(), lists: names.iter().filter_map(read).collect() }
    }

    /// The list of which a list has other codes for the same: one that it translates to, code by code and not to groups of them.
    pub fn original(&self, name: &str) -> Option<&str> {
        let list = &self.lists.iter().find(|known| known.list.name == name)?.list;
        let is_one_by_one = |index: usize| {
            let translations = list.entries.values().filter_map(|entry| entry.translations.get(index));
            let stated: Vec<&str> =
                translations.map(String::as_str).filter(|code| !code.is_empty()).collect();
            let distinct: HashSet<&str> = stated.iter().copied().collect();
            // Some states that have ended are those that followed them.
            !stated.is_empty() && distinct.len() * 10 >= stated.len() * 9
        };
        let mut targets = list.translates_to.iter().enumerate();
        let found = targets.find(|(index, to)| self.has(to) && is_one_by_one(*index));
        found.map(|(_, to)| to.as_str())
    }

    /// Whether there is a list of this name.
    pub fn has(&self, name: &str) -> bool {
        self.lists.iter().any(|known| known.list.name == name)
    }

    /// The lists that know most of some texts, the best first: by code, and by label.
    pub fn fits(&self, texts: &[&str]) -> Vec<ListFit> {
        let by_code = self.lists.iter().map(|known| by_code(&known.list, texts));
        // Names have small letters, or several; codes have neither.
        let has_names = texts.iter().any(|text| text.chars().filter(|c| c.is_alphabetic()).count() > 3);
        let named = self.lists.iter().filter(|_| has_names);
        let by_label = named.map(|known| by_label(&known.list, known.names(&self.project), texts));
        let mut fits: Vec<ListFit> = by_code.chain(by_label).filter(|fit| fit.mapped.len() > 1).collect();
        // Of lists that know as much by name, one to which others are translated is meant before these: their codes are those of
        // one office. Of other lists, the one that holds less beside.
        let known = |fit: &ListFit| (fit.mapped.len() + fit.aggregates.len(), fit.mapped.len());
        let as_labelled: Vec<(String, (usize, usize))> =
            fits.iter().filter(|fit| fit.is_by_label).map(|fit| (fit.list.clone(), known(fit))).collect();
        let is_of_office = |fit: &ListFit| {
            let is_target = |(name, as_much): &(String, (usize, usize))| {
                *as_much == known(fit) && self.original(&fit.list) == Some(name.as_str())
            };
            fit.is_by_label && as_labelled.iter().any(is_target)
        };
        let size = |name: &str| {
            self.lists
                .iter()
                .find(|known| known.list.name == name)
                .map_or(0, |known| known.list.entries.len())
        };
        fits.sort_by(|one, other| {
            let order = known(other).cmp(&known(one)).then_with(|| one.is_by_label.cmp(&other.is_by_label));
            order
                .then_with(|| is_of_office(one).cmp(&is_of_office(other)))
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

fn by_label(list: &Codelist, names: &Names, texts: &[&str]) -> ListFit {
    let mut fit = ListFit { list: list.name.clone(), is_by_label: true, ..ListFit::default() };
    for text in texts {
        let code = names.code(text);
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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests {
    use super::*;

    /// An office has codes of its own for some countries, and their names are those of the list of countries.
    #[test]
    fn names_are_those_of_the_original() {
        let project = tempfile::tempdir().unwrap();
        let folder = project.path().join("data/codelists");
        std::fs::create_dir_all(&folder).unwrap();
        let head = "code,label_en,label_it,label_es,kind";
        let put = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        put(
            "country.csv",
            format!("{head}\nPE,Peru,Perù,Perú,\nEC,Ecuador,Ecuador,Ecuador,\nFR,France,Francia,Francia,\n"),
        );
        put(
            "office.csv",
            format!("{head},country\nPER,Peru,Perù,Perú,,PE\nECU,Ecuador,Ecuador,Ecuador,,EC\n"),
        );
        put(
            "region.csv",
            format!("{head},half\n1,North,Nord,Norte,,A\n2,East,Est,Este,,A\n3,South,Sud,Sur,,B\n"),
        );
        put("half.csv", format!("{head}\nA,North,Nord,Norte,\nB,South,Sud,Sur,\n"));
        let lists = Lists::of_project(project.path());
        let best = |texts: &[&str]| lists.fits(texts).first().map(|fit| fit.list.clone());
        assert_eq!(best(&["Perú", "Ecuador"]).as_deref(), Some("country"));
        assert_eq!(best(&["PER", "ECU"]).as_deref(), Some("office"));
        assert_eq!((lists.original("office"), lists.original("region")), (Some("country"), None));
    }
}
