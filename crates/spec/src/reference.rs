//! What is known of countries, territories and parts of countries: names, codes and groups, each with the time in which it
//! holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CodeKind, Codelist, Date, Entry};

/// The tables of one domain, such as `country`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Its name, which is that of its folder.
    pub domain: String,
    /// Countries, territories, regions by their identifiers.
    pub entities: BTreeMap<String, Entity>,
    /// What they are called in lists of codes.
    pub codes: Vec<EntityCode>,
    /// What they are called in texts, besides their labels.
    pub names: Vec<EntityName>,
    /// What became of those that ended.
    pub successions: Vec<Succession>,
    /// Who belongs to which group.
    pub memberships: Vec<Membership>,
    /// Its files, and the SHA-256 of each in hexadecimal.
    pub files: Vec<(String, String)>,
}

/// A country, a territory, a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// What it is, in the words of its file: `country`, `territory`, `pseudo`, `group`, `province` and so on.
    pub kind: String,
    /// What it is a part of; empty where it is a part of nothing.
    pub parent: String,
    /// The life of the state or territory, which is not that of its codes.
    pub existed: Validity,
    /// Labels in English, Italian, Spanish, Portuguese and French; empty where there is none.
    pub labels: [String; 5],
    /// Anything else a reader should know.
    pub note: String,
}

/// The kind of what is no place, such as *stateless*: never taken for a country, and never ranked.
pub const PSEUDO: &str = "pseudo";

/// The code of what does not belong to a group.
pub const OTHERS: &str = "other";

/// The kind of several places together.
pub const GROUP: &str = "group";

/// The code of an entity in one list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityCode {
    /// The list, such as `iso3` or `istat`.
    pub scheme: String,
    /// The code, as its publisher writes it.
    pub code: String,
    /// Whose code it is.
    pub id: String,
    /// When it meant that.
    pub valid: Validity,
}

/// A name of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityName {
    /// Whose name it is.
    pub id: String,
    /// Its language.
    pub language: String,
    /// `official`, `short`, `variant`, `former`, `demonym`.
    pub form: String,
    /// The name.
    pub name: String,
}

/// What became of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The one that ended or lost a part.
    pub id: String,
    /// The one that followed.
    pub successor: String,
    /// When.
    pub date: Option<Date>,
    /// `split`, `merger`, `accession`, `renaming`, `territory`.
    pub kind: String,
}

/// That an entity belongs to a group for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The group.
    pub group: String,
    /// The member.
    pub id: String,
    /// When.
    pub valid: Validity,
}

/// A time from one day to another; open where a day is not known, or has not come. The day on which a state ends is the
/// first of those that follow it, so that at no day there are both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day.
    pub from: Option<Date>,
    /// The day on which it is over.
    pub to: Option<Date>,
}

/// A time for which something is asked: a day, or all days of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeSpan {
    /// Its first day, since 1970-01-01.
    pub first: i32,
    /// Its last day.
    pub last: i32,
}

impl TimeSpan {
    /// One day.
    pub fn day(day: i32) -> Self {
        Self { first: day, last: day }
    }

    /// A calendar year; none that the calendar does not have.
    pub fn year(year: i64) -> Option<Self> {
        let year = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        let day = |month, day| Date { year, month, day }.days();
        Some(Self { first: day(1, 1)?, last: day(12, 31)? })
    }
}

impl Validity {
    /// Whether some day of a time lies within this one.
    ///
    /// ```
    /// use denizen_spec::{TimeSpan, Validity};
    ///
    /// let code = Validity { from: "2003-02-04".parse().ok(), to: "2006-06-03".parse().ok() };
    /// assert!(code.meets(TimeSpan::year(2006).unwrap()));
    /// assert!(!code.meets(TimeSpan::year(2007).unwrap()));
    /// ```
    pub fn meets(self, time: TimeSpan) -> bool {
        self.has_begun(time) && self.to.and_then(Date::days).is_none_or(|to| time.first < to)
    }

    /// Whether it begins before the end of a time.
    pub fn has_begun(self, time: TimeSpan) -> bool {
        self.from.and_then(Date::days).is_none_or(|from| from <= time.last)
    }
}

impl std::fmt::Display for Validity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from, self.to) {
            (None, None) => Ok(()),
            (Some(from), None) => write!(formatter, "from {from}"),
            (None, Some(to)) => write!(formatter, "before {to}"),
            (Some(from), Some(to)) => write!(formatter, "from {from}, over on {to}"),
        }
    }
}

impl Reference {
    /// The label of an entity in English; its identifier where it has none.
    pub fn label<'a>(&'a self, id: &'a str) -> &'a str {
        let label = self.entities.get(id).map(|entity| entity.labels[0].as_str());
        label.filter(|label| !label.is_empty()).unwrap_or(id)
    }

    /// The entities that a code of a list has stood for. Zeros before a number mean nothing.
    pub fn entities_of<'a>(&'a self, scheme: &'a str, code: &'a str) -> impl Iterator<Item = &'a EntityCode> {
        let of_scheme = self.codes.iter().filter(move |known| known.scheme == scheme);
        of_scheme.filter(move |known| is_same_code(&known.code, code))
    }

    /// The codes that an entity has in a list.
    pub fn codes_of<'a>(&'a self, scheme: &'a str, id: &'a str) -> impl Iterator<Item = &'a EntityCode> {
        self.codes.iter().filter(move |known| known.scheme == scheme && known.id == id)
    }

    /// What followed an entity.
    pub fn successors_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Succession> {
        self.successions.iter().filter(move |succession| succession.id == id)
    }

    /// What it followed.
    pub fn predecessors_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Succession> {
        self.successions.iter().filter(move |succession| succession.successor == id)
    }

    /// Whether there is a group of this name.
    pub fn has_group(&self, group: &str) -> bool {
        self.memberships.iter().any(|membership| membership.group == group)
    }

    /// The groups that it knows.
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> =
            self.memberships.iter().map(|membership| membership.group.as_str()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Whether an entity belongs to a group at some time.
    pub fn is_member(&self, group: &str, id: &str, time: TimeSpan) -> bool {
        let is_it = |known: &&Membership| known.group == group && known.id == id;
        self.memberships.iter().filter(is_it).any(|known| known.valid.meets(time))
    }

    /// The code list of a group: its members under its own name, [`OTHERS`], and what is no place.
    pub fn group_list(&self, group: &str) -> Codelist {
        let label = |id: &str| self.entities.get(id).map(|entity| entity.labels[..3].to_vec());
        let labels = label(group).or_else(|| label(&group.to_uppercase()));
        let labels = labels.unwrap_or_else(|| vec![group.to_owned(); 3]);
        let entry = |labels: Vec<String>, kind| Entry {
            labels: <[String; 3]>::try_from(labels).unwrap_or_default(),
            kind,
            translations: Vec::new(),
        };
        let others = ["Other countries", "Altri paesi", "Otros países"].map(str::to_owned).to_vec();
        let mut entries = BTreeMap::from([
            (group.to_owned(), entry(labels, CodeKind::Detail)),
            (OTHERS.to_owned(), entry(others, CodeKind::Residual)),
        ]);
        for (id, entity) in self.entities.iter().filter(|(_, entity)| entity.kind == PSEUDO) {
            entries.insert(id.clone(), entry(entity.labels[..3].to_vec(), CodeKind::Residual));
        }
        let groups = self.files.iter().find(|(file, _)| file.ends_with("groups.csv")).cloned();
        let (file, sha256) = groups.unwrap_or_default();
        Codelist { name: group.to_owned(), translates_to: Vec::new(), sha256, file, entries, view: None }
    }

    /// Whether an entity is no place, such as *stateless*.
    pub fn is_pseudo(&self, id: &str) -> bool {
        self.entities.get(id).is_some_and(|entity| entity.kind == PSEUDO)
    }
}

/// Whether two codes are the same, be it that one of them has lost the zeros before its number.
///
/// ```
/// use denizen_spec::is_same_code;
///
/// assert!(is_same_code("015146", "15146") && is_same_code("NA", "NA"));
/// assert!(!is_same_code("015146", "151460") && !is_same_code("0A", "A"));
/// ```
pub fn is_same_code(one: &str, other: &str) -> bool {
    one == other || plain_code(one) == plain_code(other)
}

/// A code without the zeros before it, where it is a number: by it codes are the same.
///
/// ```
/// use denizen_spec::plain_code;
///
/// assert_eq!([plain_code("015146"), plain_code("0A")], ["15146", "0A"]);
/// ```
pub fn plain_code(code: &str) -> &str {
    let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { code.trim_start_matches('0') } else { code }
}
