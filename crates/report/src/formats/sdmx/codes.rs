//! Code lists: the codes of SDMX where there is one, and those of the release, in lists of its own, where there is none.

use std::collections::{BTreeMap, BTreeSet};

use denizen_spec::{age_label, columns as names};

use super::ids;
use crate::formats::special_label;
use crate::release::Release;

/// A text in English, Italian and Spanish; empty where it is not in a language.
pub(super) type Texts = [String; 3];

/// A list of the cross-domain code lists of SDMX, whose codes are taken where one says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standard {
    /// CL_AGE: `Y34`, `Y15T19`, `Y_GE80`, `Y_LT5`.
    Age,
    /// CL_SEX.
    Sex,
    /// CL_OBS_STATUS; several of its letters together are a code of the release.
    Status,
    /// CL_CONF_STATUS.
    Confidentiality,
    /// CL_UNIT_MEASURE of the United Nations: `PS`, `PT`.
    Unit,
    /// None.
    None,
}

impl Standard {
    /// The list of a dimension with such codes.
    pub(super) fn of_dimension(name: &str, codes: &[String]) -> Self {
        // Not by its name alone: a definition of ages is none.
        let has_ages = || codes.iter().any(|code| age(code).is_some());
        match name {
            "sex" => Self::Sex,
            _ if name.starts_with("age") && has_ages() => Self::Age,
            _ => Self::None,
        }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Age => Some("CL_AGE"),
            Self::Sex => Some("CL_SEX"),
            Self::Status => Some("CL_OBS_STATUS"),
            Self::Confidentiality => Some("CL_CONF_STATUS"),
            Self::Unit => Some("CL_UNIT_MEASURE"),
            Self::None => None,
        }
    }

    /// The code of the list for one of the release.
    fn code(self, code: &str) -> Option<String> {
        if [names::TOTAL, names::NOT_STATED].contains(&code) {
            return Some(code.to_owned());
        }
        let is_one_of = |known: &[&str]| known.contains(&code).then(|| code.to_owned());
        match self {
            Self::Age => age(code),
            Self::Sex => is_one_of(&["F", "M", "_O", "_N", "_Z"]),
            Self::Status | Self::Confidentiality => (code.len() == 1).then(|| code.to_owned()),
            Self::Unit => match code {
                "persons" => Some("PS".to_owned()),
                "percent" => Some("PT".to_owned()),
                _ => None,
            },
            Self::None => None,
        }
    }
}

/// An age or a group of ages as in CL_AGE.
fn age(code: &str) -> Option<String> {
    let number = |text: &str| {
        let is_age = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_age.then(|| text.parse::<u16>().ok()).flatten()
    };
    if let Some(from) = code.strip_suffix('+') {
        return Some(format!("Y_GE{}", number(from)?));
    }
    if let Some(below) = code.strip_prefix('<') {
        return Some(format!("Y_LT{}", number(below)?));
    }
    if let Some((from, to)) = code.split_once('-') {
        let (from, to) = (number(from)?, number(to)?);
        return match from.cmp(&to) {
            std::cmp::Ordering::Less => Some(format!("Y{from}T{to}")),
            std::cmp::Ordering::Equal => Some(format!("Y{from}")),
            std::cmp::Ordering::Greater => None,
        };
    }
    if let Some(age) = number(code) {
        return Some(format!("Y{age}"));
    }
    // It may be one already.
    let rest = code.strip_prefix('Y')?;
    let is_group =
        rest.split_once('T').is_some_and(|(from, to)| number(from).is_some() && number(to).is_some());
    let is_open = ["_GE", "_LT"].iter().any(|open| rest.strip_prefix(open).and_then(number).is_some());
    (number(rest).is_some() || is_group || is_open).then(|| code.to_owned())
}

/// A list in the making.
#[derive(Debug)]
pub(super) struct CodeList {
    pub(super) id: String,
    pub(super) names: Texts,
    pub(super) codes: BTreeMap<String, Texts>,
    standard: Standard,
    /// The codes that are no codes of the standard list.
    own: BTreeSet<String>,
}

impl CodeList {
    /// Which of its codes are those of SDMX.
    pub(super) fn description(&self) -> String {
        let Some(standard) = self.standard.name() else { return "Codes of the release.".to_owned() };
        let own: Vec<&str> = self.own.iter().map(String::as_str).collect();
        match own.as_slice() {
            [] => format!("Codes of {standard}."),
            own => format!("Codes of {standard}, and of the release: {}.", own.join(", ")),
        }
    }
}

/// Where the codes of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin<'t> {
    /// A code list of the release.
    List(&'t str),
    /// A column that has none.
    Column(&'t str),
}

/// The lists of a release, by where their codes come from.
#[derive(Debug)]
pub(super) struct CodeLists {
    /// What their identifiers begin with: lists of another product are others.
    prefix: String,
    lists: BTreeMap<(bool, String), CodeList>,
    given: ids::Given,
}

impl CodeLists {
    /// No lists yet of a product.
    pub(super) fn of(product: &str) -> Self {
        Self { prefix: format!("CL_{product}"), lists: BTreeMap::new(), given: ids::Given::default() }
    }

    /// The lists, sorted.
    pub(super) fn lists(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }

    /// Adds the codes of a column, and all others of its list. Gives the identifier of the list, and what becomes of each code.
    pub(super) fn add(
        &mut self,
        release: &Release,
        origin: Origin<'_>,
        standard: Standard,
        words: &[String],
    ) -> (String, Vec<String>) {
        let (is_bare, name) = match origin {
            Origin::List(name) => (false, name),
            Origin::Column(name) => (true, name),
        };
        let listed = if is_bare { Vec::new() } else { release.codes(name) };
        let mut labels: BTreeMap<&str, Texts> = listed.into_iter().collect();
        for word in words {
            labels.entry(word).or_insert_with(|| label(word, standard));
        }
        let become_one = |to: &dyn Fn(&str) -> String| {
            labels.keys().map(|code| to(code)).collect::<BTreeSet<_>>().len() < labels.len()
        };
        let standardised = |code: &str| standard.code(code).unwrap_or_else(|| ids::code(code));
        // Codes of a list that mean the same to SDMX are unlike here, and stay so.
        let standard = if become_one(&standardised) { Standard::None } else { standard };
        let to = |code: &str| standard.code(code).unwrap_or_else(|| ids::code(code));
        let (given, prefix) = (&mut self.given, &self.prefix);
        let list = self.lists.entry((is_bare, name.to_owned())).or_insert_with(|| CodeList {
            id: given.give(&format!("{prefix}_{}", ids::name(name))),
            names: names_of(release, name),
            codes: BTreeMap::new(),
            standard,
            own: BTreeSet::new(),
        });
        for (code, texts) in &labels {
            let own = standard.code(code).is_none().then(|| ids::code(code));
            list.own.extend(own);
            list.codes.entry(to(code)).or_insert_with(|| texts.clone());
        }
        (list.id.clone(), words.iter().map(|word| to(word)).collect())
    }

    /// Adds a list that no column of the release has.
    pub(super) fn add_own(&mut self, name: &str, names: [&str; 3], codes: &[(&str, [&str; 3])]) -> String {
        let (given, prefix) = (&mut self.given, &self.prefix);
        let list = self.lists.entry((true, name.to_owned())).or_insert_with(|| CodeList {
            id: given.give(&format!("{prefix}_{name}")),
            names: names.map(str::to_owned),
            codes: codes.iter().map(|(code, texts)| ((*code).to_owned(), texts.map(str::to_owned))).collect(),
            standard: Standard::None,
            own: BTreeSet::new(),
        });
        list.id.clone()
    }
}

/// What a code is called that no list names.
fn label(code: &str, standard: Standard) -> Texts {
    let of_age = if standard == Standard::Age { age_label(code) } else { None };
    let known = special_label(code).or(of_age);
    known.unwrap_or_else(|| [code.to_owned(), String::new(), String::new()])
}

/// What a list is called: as the column of that name.
fn names_of(release: &Release, list: &str) -> Texts {
    let column = list.replace('-', "_");
    let titles = release.codes("column").into_iter().find(|(code, _)| *code == column);
    titles.map_or_else(|| [column.replace('_', " "), String::new(), String::new()], |(_, texts)| texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_of_ages() {
        let table = [
            ("age", "34", Standard::Age),
            ("age_at_arrival", "15-19", Standard::Age),
            ("age_definition", "completed", Standard::None),
            ("agent", "A1", Standard::None),
            ("sex", "F", Standard::Sex),
            ("year", "34", Standard::None),
        ];
        for (name, code, expected) in table {
            assert_eq!(Standard::of_dimension(name, &[code.to_owned()]), expected, "{name}");
        }
    }

    #[test]
    fn codes_of_sdmx() {
        let table = [
            (Standard::Age, "00-04", Some("Y0T4")),
            (Standard::Age, "34", Some("Y34")),
            (Standard::Age, "85+", Some("Y_GE85")),
            (Standard::Age, "<5", Some("Y_LT5")),
            (Standard::Age, "5-5", Some("Y5")),
            (Standard::Age, "9-5", None),
            (Standard::Age, "Y15T19", Some("Y15T19")),
            (Standard::Age, "Y_GE80", Some("Y_GE80")),
            (Standard::Age, "Y_XX80", None),
            (Standard::Age, "adults", None),
            (Standard::Age, "_U", Some("_U")),
            (Standard::Age, "1000", None),
            (Standard::Sex, "F", Some("F")),
            (Standard::Sex, "1", None),
            (Standard::Status, "P", Some("P")),
            (Standard::Status, "BP", None),
            (Standard::Unit, "persons", Some("PS")),
            (Standard::Unit, "permits", None),
            (Standard::None, "_T", Some("_T")),
            (Standard::None, "PE", None),
        ];
        for (standard, code, expected) in table {
            assert_eq!(standard.code(code).as_deref(), expected, "{code}");
        }
    }
}
