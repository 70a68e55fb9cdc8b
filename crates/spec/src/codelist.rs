//! A code list: codes with labels, and what they are called in other lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reference::{EntityCode, Reference, plain_code};

/// The languages that every list has labels in, in the order of its columns.
pub const LANGUAGES: [&str; 3] = ["en", "it", "es"];

/// A code list; a code means nothing without the name of its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Codelist {
    /// Its name, which is that of its file.
    pub name: String,
    /// The lists that it says something about.
    pub translates_to: Vec<String>,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
    /// Its file, relative to the project.
    pub file: String,
    /// Its entries by code.
    pub entries: BTreeMap<String, Entry>,
    /// What its codes stand for; none where its sidecar names no reference, or nothing asks for it. All copies of a list share
    /// it, for a reference can have ten thousand names.
    #[serde(serialize_with = "write_view", deserialize_with = "read_view")]
    pub view: Option<Arc<ReferenceView>>,
}

fn write_view<S: Serializer>(view: &Option<Arc<ReferenceView>>, serializer: S) -> Result<S::Ok, S::Error> {
    view.as_deref().serialize(serializer)
}

fn read_view<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<ReferenceView>>, D::Error> {
    Option::deserialize(deserializer).map(|view| view.map(Arc::new))
}

/// The part of a reference that a code list shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceView {
    /// Which of the reference's codes are those of the list.
    pub scheme: String,
    /// The sidecar that says so, and its SHA-256 in hexadecimal.
    pub sidecar: (String, String),
    /// The reference.
    pub reference: Reference,
}

impl ReferenceView {
    /// The entities that a code of the list has stood for: those of its scheme, or else the entity that is called so.
    pub fn entities<'a>(&'a self, code: &'a str) -> Vec<&'a str> {
        let mut ids: Vec<&str> =
            self.reference.entities_of(&self.scheme, code).map(|known| known.id.as_str()).collect();
        if ids.is_empty() {
            ids.extend(self.reference.entities.get_key_value(code).map(|(id, _)| id.as_str()));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The codes of what a code is a part of, at some time: of a province its region, of a country the groups that have a code.
    pub fn wholes_of(&self, code: &str) -> BTreeSet<String> {
        let mut open: Vec<&str> = self.entities(code);
        let (own, mut met) = (open.clone(), BTreeSet::new());
        while let Some(id) = open.pop() {
            let parent = self.reference.entities.get(id).map(|entity| entity.parent.as_str());
            let groups = self.reference.memberships.iter().filter(|membership| membership.id == id);
            let wholes = parent.into_iter().chain(groups.map(|membership| membership.group.as_str()));
            for whole in wholes.filter(|whole| !whole.is_empty()) {
                if !own.contains(&whole) && met.insert(whole) {
                    open.push(whole);
                }
            }
        }
        let codes = |id: &str| -> Vec<String> {
            let own = self.reference.codes_of(&self.scheme, id).map(|known| known.code.clone());
            // Where an entity has no code of the scheme, it is called by its identifier.
            own.chain([id.to_owned(), id.to_uppercase()]).collect()
        };
        met.into_iter().flat_map(codes).filter(|whole| whole != code).collect()
    }

    /// The codes of its scheme by what they are without zeros before them ([`plain_code`]).
    pub fn codes(&self) -> HashMap<&str, Vec<&EntityCode>> {
        let mut codes: HashMap<&str, Vec<&EntityCode>> = HashMap::new();
        for known in self.reference.codes.iter().filter(|known| known.scheme == self.scheme) {
            codes.entry(plain_code(&known.code)).or_default().push(known);
        }
        codes
    }
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Labels in [`LANGUAGES`].
    pub labels: [String; 3],
    /// What the code stands for.
    pub kind: CodeKind,
    /// Its code in each list of [`Codelist::translates_to`]; empty where there is none.
    pub translations: Vec<String>,
}

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeKind {
    /// One thing, such as a country.
    Detail,
    /// What is left over beside the codes that are of interest, such as *other countries* or *stateless*: a part of the
    /// total like any other, which is never ranked.
    Residual,
    /// Several other codes, such as a continent: never added to them.
    Aggregate,
    /// All other codes together.
    Total,
}

impl CodeKind {
    /// The kind that a file calls so; nothing for another word.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "" | "detail" => Some(Self::Detail),
            "residual" => Some(Self::Residual),
            "aggregate" => Some(Self::Aggregate),
            "total" => Some(Self::Total),
            _ => None,
        }
    }

    /// Whether a code of this kind is a part of the total: one that a record can have.
    pub fn is_part(self) -> bool {
        match self {
            Self::Detail | Self::Residual => true,
            Self::Aggregate | Self::Total => false,
        }
    }

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Detail => "detail",
            Self::Residual => "residual",
            Self::Aggregate => "aggregate",
            Self::Total => "total",
        }
    }
}
