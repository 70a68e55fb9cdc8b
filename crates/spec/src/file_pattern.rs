//! What the name of a file says: `permits_{year}.csv`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The form of the name of a file, of which a part is the value of a column.
///
/// `{name}` stands for that part, `{other}` and `*` for any text; neither is empty or reaches over a `/`. Where the form
/// has folders, as many of those of the file are looked at. Where several parts would fit, the only number among them is
/// meant.
///
/// ```
/// use denizen_spec::FilePattern;
///
/// let form = FilePattern::new("permits_{year}.csv", "year").unwrap();
/// assert_eq!(form.value("data/permits_2019.csv.gz"), Some("2019"));
/// assert_eq!(form.value("data/balance_2019.csv"), None);
/// // What could be meant in two ways is not read in one of them.
/// let form = FilePattern::new("{place}_{year}.csv", "place").unwrap();
/// assert_eq!(form.value("san_juan_2019.csv"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePattern {
    text: String,
    /// What stands before the value.
    before: Vec<Part>,
    /// What stands behind it.
    after: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Text(String),
    Any,
}

/// Ends that say how a file is packed, and nothing of what it holds.
const PACKED: [&str; 3] = [".gz", ".zst", ".zip"];

impl FilePattern {
    /// The form in which the value of the column `name` stands; none where `{name}` is not in it once.
    pub fn new(text: &str, name: &str) -> Option<Self> {
        let (before, after) = text.split_once(&format!("{{{name}}}"))?;
        let (before, after) = (parts(before)?, parts(after)?);
        let is_split = before.last() != Some(&Part::Any) && after.first() != Some(&Part::Any);
        (is_split && !text[text.find('}')? + 1..].contains(&format!("{{{name}}}"))).then(|| Self {
            text: text.to_owned(),
            before,
            after,
        })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value that the path of a file holds; none where it has another form, or could be read in several ways.
    pub fn value<'a>(&self, path: &'a str) -> Option<&'a str> {
        let folders = self.text.matches('/').count();
        let start = path.rmatch_indices(['/', '\\']).nth(folders).map_or(0, |(index, _)| index + 1);
        let path = &path[start..];
        let unpacked = PACKED.iter().find_map(|end| path.strip_suffix(end));
        self.part(path).or_else(|| self.part(unpacked?))
    }

    fn part<'a>(&self, text: &'a str) -> Option<&'a str> {
        let starts = ends(&self.before, text, &BTreeSet::from([0]));
        let mut found = BTreeSet::new();
        for start in starts {
            for (index, last) in text[start..].char_indices() {
                let end = start + index + last.len_utf8();
                if last == '/' {
                    break;
                }
                if ends(&self.after, text, &BTreeSet::from([end])).contains(&text.len()) {
                    found.insert(&text[start..end]);
                }
            }
        }
        // `2022` and not `2022_en`, where `STRASA_{year}_*.csv` is STRASA_2022_en_Provinces.csv.
        let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        if found.len() > 1 {
            found.retain(is_number);
        }
        if found.len() == 1 { found.pop_first() } else { None }
    }
}

/// The parts of a form; none where a bracket has no other half.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(index) = rest.find(['{', '}', '*']) {
        if index > 0 {
            parts.push(Part::Text(rest[..index].to_owned()));
        }
        let behind = &rest[index + 1..];
        rest = match rest.as_bytes()[index] {
            b'*' => behind,
            b'{' => behind.split_once('}').filter(|(name, _)| !name.contains('{'))?.1,
            _ => return None,
        };
        parts.push(Part::Any);
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Some(parts)
}

/// Where some parts may end in a text that begin at one of these places.
fn ends(parts: &[Part], text: &str, starts: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut reached = starts.clone();
    for part in parts {
        reached = match part {
            Part::Text(part) => {
                let fits = reached.iter().filter(|start| text[**start..].starts_with(part.as_str()));
                fits.map(|start| start + part.len()).collect()
            }
            Part::Any => reached.iter().flat_map(|start| any(text, *start)).collect(),
        };
    }
    reached
}

fn any(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let characters = text[start..].char_indices().take_while(|(_, c)| *c != '/');
    characters.map(move |(index, c)| start + index + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_names_of_files() {
        let table = [
            ("permits_{year}.csv", "permits_2019.csv", Some("2019")),
            ("permits_{year}.csv", "in/permits_2019.csv", Some("2019")),
            ("permits_{year}.csv", "permits_.csv", None),
            ("permits_{year}.csv", "permits_2019.csv.bak", None),
            ("{year}/*.csv", "data/2019/città.csv", Some("2019")),
            ("{year}/*.csv", "data/2019/x/città.csv", Some("x")),
            ("STRASA_{year}_it_{place}.csv", "STRASA_2022_it_Comuni.csv", Some("2022")),
            ("*_{year}.csv", "a_b_2019.csv", Some("2019")),
            ("*_{year}.csv", "a_b_c.csv", None),
            ("STRASA_{year}_*.csv", "STRASA_2022_en_Provinces.csv", Some("2022")),
            ("a*_{year}.csv", "ab_2019.csv", Some("2019")),
        ];
        for (form, path, expected) in table {
            let form = FilePattern::new(form, "year").unwrap();
            assert_eq!(form.value(path), expected, "{form:?} {path}");
        }
        for form in ["permits.csv", "{year}{place}.csv", "{year}*", "{year", "{year}_{year}.csv", "}{year}"] {
            assert_eq!(FilePattern::new(form, "year"), None, "{form}");
        }
    }
}
