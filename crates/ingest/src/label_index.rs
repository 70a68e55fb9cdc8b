//! The names of the codes of a list, by which texts are found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ahash::RandomState;
use denizen_spec::{
    CodeKind, Codelist, Entity, EntityCode, Entry, Reference, ReferenceView, columns::NOT_STATED,
    is_same_code, plain_code,
};

use crate::fold::{Parts, both_folded, folded, former, is_former, parts};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    /// The code of the list; none where the list has none for it.
    pub(crate) code: Option<String>,
    /// What it is in the reference; none where this does not know it.
    pub(crate) entity: Option<String>,
    /// What it is called.
    pub(crate) label: String,
}

impl Target {
    /// Its label and its code.
    pub(crate) fn in_words(&self) -> String {
        let code = self.code.as_ref().or(self.entity.as_ref());
        code.map_or_else(|| self.label.clone(), |code| format!("{} ({code})", self.label))
    }
}

/// What a text was found to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resolution<'a> {
    Unknown,
    One(&'a Target),
    /// Names of several: nothing tells which is meant.
    Several(Vec<&'a Target>),
}

/// A name as it is written, and its target.
struct Name {
    name: String,
    target: usize,
}

/// The targets of each name, each once.
type Index = HashMap<String, Vec<usize>, RandomState>;

/// All names of a list: its labels, and what its reference knows.
pub(crate) struct LabelIndex {
    view: Option<Arc<ReferenceView>>,
    targets: Vec<Target>,
    /// By the letters of the name.
    exact: Index,
    /// By the letters of its telling words.
    loose: Index,
    /// By the parts of labels such as *Myanmar (Burma)*, each of which is a name where it is that of nothing else.
    of_parts: Index,
    names: Vec<Name>,
    /// The letters of each of them: only texts that are no name are compared with all.
    letters: OnceLock<Vec<String>>,
}

/// The indexes of a source's lists by the names of these. Each is made when the first column asks for it, and once for all
/// columns.
#[derive(Clone, Default)]
pub(crate) struct LabelIndexes(Arc<Mutex<BTreeMap<String, Arc<LabelIndex>>>>);

impl LabelIndexes {
    pub(crate) fn of(&self, list: &Codelist) -> Arc<LabelIndex> {
        let mut indexes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = indexes.entry(list.name.clone());
        Arc::clone(known.or_insert_with(|| Arc::new(LabelIndex::new(list))))
    }
}

/// Adjectives of possession, and whose they are: *Bermuda (British)*.
const POSSESSIVE: [(&str, &str); 9] = [
    ("british", "GB"),
    ("br", "GB"),
    ("french", "FR"),
    ("fr", "FR"),
    ("dutch", "NL"),
    ("neth", "NL"),
    ("danish", "DK"),
    ("us", "US"),
    ("american", "US"),
];

impl LabelIndex {
    pub(crate) fn new(list: &Codelist) -> Self {
        let reference = list.view.as_ref().map(|view| &view.reference);
        let mut index = Self {
            view: list.view.clone(),
            targets: Vec::new(),
            exact: Index::default(),
            loose: Index::default(),
            of_parts: Index::default(),
            names: Vec::new(),
            letters: OnceLock::new(),
        };
        let mut of_entity: HashMap<&str, usize> = HashMap::new();
        let entities = list.view.as_ref().map(|view| EntitiesOfCodes::new(view));
        for (code, entry) in &list.entries {
            let entity = entities.as_ref().and_then(|entities| entities.get(code, &entry.labels[0]));
            let label = entry.labels[0].clone();
            let target = index.target(Some(code.clone()), entity, label);
            of_entity.extend(entity.map(|entity| (entity, target)));
            entry.labels.iter().for_each(|label| index.add_label(label, target));
        }
        for (id, entity) in reference.iter().flat_map(|reference| &reference.entities) {
            let target = *of_entity.entry(id).or_insert_with(|| {
                // Nobody has said it, whatever the list is.
                let code = (id == NOT_STATED).then(|| NOT_STATED.to_owned());
                index.target(code, Some(id), entity.labels[0].clone())
            });
            entity.labels.iter().for_each(|label| index.add_label(label, target));
        }
        for name in reference.iter().flat_map(|reference| &reference.names) {
            let Some(target) = of_entity.get(name.id.as_str()) else { continue };
            index.add(&name.name, *target);
        }
        index
    }

    fn target(&mut self, code: Option<String>, entity: Option<&str>, label: String) -> usize {
        self.targets.push(Target { code, entity: entity.map(str::to_owned), label });
        self.targets.len() - 1
    }

    fn add_label(&mut self, label: &str, target: usize) {
        self.add(label, target);
        let parts = parts(label).filter(|parts| !parts.is_inverted);
        for name in parts.iter().flat_map(|parts| [parts.name, parts.beside]) {
            folded(name).into_iter().for_each(|key| note(&mut self.of_parts, key, target));
        }
    }

    fn add(&mut self, name: &str, target: usize) {
        if name.is_empty() {
            return;
        }
        if let Some((letters, telling)) = both_folded(name) {
            note(&mut self.exact, letters, target);
            if !telling.is_empty() {
                note(&mut self.loose, telling, target);
            }
        }
        self.names.push(Name { name: name.to_owned(), target });
    }

    /// What a text names. Asterisks behind it lead to a note.
    pub(crate) fn resolve(&self, text: &str) -> Resolution<'_> {
        let text = text.trim_end_matches([' ', '*']);
        match self.as_it_stands(text) {
            Resolution::Unknown => self.in_parts(text),
            found => found,
        }
    }

    fn as_it_stands(&self, text: &str) -> Resolution<'_> {
        let Some((letters, telling)) = both_folded(text) else { return Resolution::Unknown };
        let found = self.exact.get(&letters).or_else(|| self.loose.get(&telling));
        let found = found.or_else(|| self.of_parts.get(&letters)).map_or(&[][..], Vec::as_slice);
        match found {
            [] => Resolution::Unknown,
            [one] => Resolution::One(&self.targets[*one]),
            several => {
                let targets: BTreeSet<usize> = several.iter().copied().collect();
                Resolution::Several(targets.into_iter().map(|target| &self.targets[target]).collect())
            }
        }
    }

    fn entity(&self, id: &str) -> Option<&Entity> {
        self.view.as_ref().and_then(|view| view.reference.entities.get(id))
    }

    /// A name that is turned round, has another beside it, or says whose or of which time it is.
    fn in_parts(&self, text: &str) -> Resolution<'_> {
        if let Some(name) = former(text) {
            return self.ended(name);
        }
        let Some(Parts { name, beside, is_inverted }) = parts(text) else { return Resolution::Unknown };
        if is_former(beside) {
            return self.ended(name);
        }
        match self.as_it_stands(&format!("{beside} {name}")) {
            Resolution::Unknown if is_inverted => match former(&format!("{beside} {name}")) {
                Some(name) => self.ended(name),
                None => Resolution::Unknown,
            },
            Resolution::Unknown => self.with_another(name, beside),
            found => found,
        }
    }

    /// A name of something that has ended, or one that something had before.
    fn ended(&self, name: &str) -> Resolution<'_> {
        let found = self.as_it_stands(name);
        let has_ended = |id: &String| self.entity(id).is_some_and(|entity| entity.existed.to.is_some());
        match found {
            Resolution::One(target) if target.entity.as_ref().is_some_and(has_ended) => found,
            Resolution::Several(targets) => {
                let ended: Vec<&Target> = targets
                    .into_iter()
                    .filter(|target| target.entity.as_ref().is_some_and(has_ended))
                    .collect();
                match ended.as_slice() {
                    [] => Resolution::Unknown,
                    [one] => Resolution::One(one),
                    _ => Resolution::Several(ended),
                }
            }
            Resolution::One(_) | Resolution::Unknown => Resolution::Unknown,
        }
    }

    /// A name with another beside it, which must be one of the same, be it one of the past, or name the state that it
    /// belongs to. What else stands there may tell it from others: *Congo (Kinshasa)*.
    fn with_another(&self, name: &str, beside: &str) -> Resolution<'_> {
        let (found, other) = (self.as_it_stands(name), self.as_it_stands(former(beside).unwrap_or(beside)));
        let Resolution::One(target) = found else { return Resolution::Unknown };
        let is_same = other == found;
        let parent = target.entity.as_ref().and_then(|id| self.entity(id));
        let parent = parent.map(|entity| entity.parent.as_str()).filter(|parent| !parent.is_empty());
        let owner = match other {
            Resolution::One(owner) => owner.entity.as_deref(),
            Resolution::Several(_) => None,
            Resolution::Unknown => {
                let adjective = folded(beside);
                let of = |(known, _): &&(&str, &str)| adjective.as_deref() == Some(known);
                let by_code = parent.filter(|parent| *parent == beside);
                POSSESSIVE.iter().find(of).map(|(_, owner)| *owner).or(by_code)
            }
        };
        let is_owned = parent.is_some() && parent == owner;
        if is_same || is_owned { found } else { Resolution::Unknown }
    }

    /// The names of the list that are nearest to a text, where they are near enough to be meant: what each stands for, the
    /// name, and how many letters are other ones. Of each code there is one.
    pub(crate) fn nearest(&self, text: &str) -> Vec<(&Target, &str, usize)> {
        let Some(wanted) = folded(&text.replace(['?', '*', '\u{fffd}'], ".")) else { return Vec::new() };
        let length = wanted.chars().count();
        if length > LONGEST_NAME {
            return Vec::new();
        }
        let mut nearest: BTreeMap<&Target, (&str, usize)> = BTreeMap::new();
        let mut least = 3.min(length / 3);
        let of_name = |name: &Name| folded(&name.name).unwrap_or_default();
        let letters = self.letters.get_or_init(|| self.names.iter().map(of_name).collect());
        for (Name { name, target }, folded) in self.names.iter().zip(letters) {
            let target = &self.targets[*target];
            if target.code.is_none() || folded.chars().count().abs_diff(length) > least {
                continue;
            }
            let distance = strsim::damerau_levenshtein(&wanted, folded);
            // Who mistypes several letters hardly mistypes the first: Holland is not Poland.
            if distance > 1 && !folded.starts_with(wanted.chars().next().unwrap_or_default()) {
                continue;
            }
            if distance < least {
                nearest.clear();
                least = distance;
            }
            if distance == least {
                nearest.entry(target).or_insert((name, distance));
            }
        }
        nearest.into_iter().map(|(target, (name, distance))| (target, name, distance)).collect()
    }

    /// When something ended, and what followed it.
    pub(crate) fn fate(&self, target: &Target) -> String {
        let Some((view, id)) = self.view.as_ref().zip(target.entity.as_deref()) else {
            return String::new();
        };
        let reference = &view.reference;
        let ended = reference.entities.get(id).and_then(|entity| entity.existed.to);
        let mut fate = ended.map(|day| format!("; it ended on {day}")).unwrap_or_default();
        let followers: Vec<&str> =
            reference.successors_of(id).map(|succession| reference.label(&succession.successor)).collect();
        if !followers.is_empty() {
            fate += &format!("; {} followed", followers.join(", "));
        }
        fate
    }

    /// All that names may stand for.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }
}

/// Adds a target to those of a name.
fn note(index: &mut Index, name: String, target: usize) {
    let targets = index.entry(name).or_default();
    if !targets.contains(&target) {
        targets.push(target);
    }
}

/// Characters of a text beyond which it is no name.
const LONGEST_NAME: usize = 100;

/// What the codes of a list stand for.
struct EntitiesOfCodes<'a> {
    reference: &'a Reference,
    codes: HashMap<&'a str, Vec<&'a EntityCode>>,
    /// By the letters of their English label.
    labels: HashMap<String, Vec<&'a str>>,
}

impl<'a> EntitiesOfCodes<'a> {
    fn new(view: &'a ReferenceView) -> Self {
        let mut labels: HashMap<String, Vec<&str>> = HashMap::new();
        for (id, entity) in &view.reference.entities {
            folded(&entity.labels[0]).into_iter().for_each(|label| labels.entry(label).or_default().push(id));
        }
        Self { reference: &view.reference, codes: view.codes(), labels }
    }

    /// The entity of a code. A code that was given twice is that of the list's label, and so is one that is in no scheme of
    /// the reference.
    fn get(&self, code: &str, label: &str) -> Option<&'a str> {
        let mut ids: Vec<&'a str> =
            self.codes.get(plain_code(code)).into_iter().flatten().map(|known| known.id.as_str()).collect();
        if ids.is_empty() {
            ids.extend(self.reference.entities.get_key_value(code).map(|(id, _)| id.as_str()));
        }
        ids.sort_unstable();
        ids.dedup();
        let of_label = || folded(label).and_then(|label| self.labels.get(&label));
        match ids.as_slice() {
            [one] => Some(one),
            [] => of_label().filter(|ids| ids.len() == 1).map(|ids| ids[0]),
            several => {
                let labelled = of_label().into_iter().flatten().find(|id| several.contains(id));
                labelled.or_else(|| several.iter().find(|id| **id == code)).copied()
            }
        }
    }
}

/// All entities of a reference as a list, so that they are found by name.
fn all_entities(reference: &Reference) -> LabelIndex {
    let entry = |labels: &[String; 5]| Entry {
        labels: [labels[0].clone(), labels[1].clone(), labels[2].clone()],
        kind: CodeKind::Detail,
        translations: Vec::new(),
    };
    let entities = reference.entities.iter();
    let view = ReferenceView {
        scheme: String::new(),
        sidecar: (String::new(), String::new()),
        reference: reference.clone(),
    };
    LabelIndex::new(&Codelist {
        name: reference.domain.clone(),
        translates_to: Vec::new(),
        sha256: String::new(),
        file: String::new(),
        entries: entities.map(|(id, entity)| (id.clone(), entry(&entity.labels))).collect(),
        view: Some(Arc::new(view)),
    })
}

/// The entities that a text names: by identifier, by a code of any list, and where it is no code by name.
pub fn entities_named(reference: &Reference, text: &str) -> Vec<String> {
    let by_code = |text: &str| {
        let of_code = reference.codes.iter().filter(|known| is_same_code(&known.code, text));
        let mut ids: Vec<String> = of_code.map(|known| known.id.clone()).collect();
        ids.extend(reference.entities.contains_key(text).then(|| text.to_owned()));
        ids
    };
    let mut ids = by_code(text);
    if ids.is_empty() {
        ids = match all_entities(reference).resolve(text) {
            Resolution::Unknown => by_code(&text.to_uppercase()),
            Resolution::One(target) => target.entity.iter().cloned().collect(),
            Resolution::Several(targets) => {
                targets.iter().filter_map(|target| target.entity.clone()).collect()
            }
        };
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The name that is nearest to a text, if it is near enough to be meant.
pub fn nearest_name(reference: &Reference, text: &str) -> Option<String> {
    all_entities(reference).nearest(text).first().map(|(_, name, _)| (*name).to_owned())
}

#[cfg(test)]
mod hard_names;
#[cfg(test)]
mod real_names;
