//! `unpivot`: columns of a wide table that are codes of a dimension become rows.

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::text::{Fields, Findings, wrong_type};

/// Columns that become rows: what they are called goes into columns of dimensions, what they hold into a column of values.
///
/// ```toml
/// unpivot = { into = "year", years = [2010, 2024] }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpivot {
    /// The columns of dimensions that are made, as `from` names them. With several, a name is divided among them.
    pub into: Vec<String>,
    /// What stands between the parts of a name that is divided.
    pub separator: String,
    /// The column of values that is made.
    pub value: String,
    /// Which columns become rows.
    pub columns: Selection,
    /// What the name of a column ends with that holds the flags of the one without that end.
    pub flag_suffix: Option<String>,
    /// Columns that are read as nothing.
    pub ignore: Vec<String>,
}

/// The column that is made of the flags beside the values.
pub const FLAG: &str = "flag";

/// Which columns become rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Those of these names.
    Names(Vec<String>),
    /// Those whose name begins so; the rest of it is the code.
    Prefix(String),
    /// Those called as years from the first to the last.
    Years(i64, i64),
    /// All that are not declared, and not ignored.
    Others,
}

impl Unpivot {
    /// The codes that the name of a column holds, one for each column of dimensions; none where it stays a column.
    /// `is_declared` says whether the source declares it.
    pub fn codes<'a>(&self, name: &'a str, is_declared: bool) -> Option<Vec<&'a str>> {
        let code = match &self.columns {
            Selection::Names(names) => names.iter().any(|other| other.trim() == name).then_some(name),
            Selection::Prefix(prefix) => name.strip_prefix(prefix.as_str()).map(str::trim),
            Selection::Years(first, last) => {
                year(name).filter(|year| (*first..=*last).contains(year)).map(|_| name)
            }
            Selection::Others => (!is_declared && !self.is_ignored(name)).then_some(name),
        };
        let code = code?;
        match &self.into[..] {
            [_] => Some(vec![code]),
            into => {
                let codes: Vec<&str> = code.split(self.separator.as_str()).map(str::trim).collect();
                (codes.len() == into.len()).then_some(codes)
            }
        }
    }

    /// Whether a column is read as nothing.
    pub fn is_ignored(&self, name: &str) -> bool {
        self.ignore.iter().any(|other| other.trim() == name)
    }

    /// The columns that are made.
    pub fn made(&self) -> impl Iterator<Item = &str> {
        let flag = self.flag_suffix.as_ref().map(|_| FLAG);
        self.into.iter().map(String::as_str).chain([self.value.as_str()]).chain(flag)
    }

    pub(crate) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let value = fields.value("unpivot")?;
        let fields = Fields::of(value, findings)?;
        fields.in_section("unpivot");
        let into = fields.strings("into");
        let separator = fields.optional_text("separator");
        let columns = Selection::read(&fields, value, findings);
        let unpivot = Self {
            separator: separator.clone().unwrap_or_default(),
            value: fields.optional_text("value").unwrap_or_else(|| "value".to_owned()),
            flag_suffix: fields.optional_text("flag_suffix"),
            ignore: fields.optional_texts("ignore"),
            into: into.iter().flatten().map(|name| name.get_ref().clone()).collect(),
            columns: columns.clone().unwrap_or(Selection::Others),
        };
        let is_divided = into.as_ref().is_some_and(|into| into.len() > 1);
        if is_divided == unpivot.separator.is_empty() && into.is_some() {
            let expected = if is_divided {
                "`separator` as well: what stands between the codes in the name of a column"
            } else {
                "`separator` with several columns in `into` only"
            };
            fields.fault(value, expected);
        }
        let made: Vec<&str> = unpivot.made().collect();
        if made.iter().enumerate().any(|(index, name)| made[..index].contains(name)) {
            fields.fault(value, "another name for each column that is made (`into`, `value`, `flag`)");
        }
        fields.finish();
        into.and(columns).map(|_| unpivot)
    }
}

impl Selection {
    fn read(fields: &Fields<'_, '_>, whole: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        let names = fields.optional_texts("columns");
        let prefix = fields.optional_text("prefix").filter(|prefix| !prefix.is_empty());
        let years = fields.value("years").and_then(|years| {
            let read = bounds(years.get_ref());
            if read.is_none() {
                findings.push(wrong_type(years, "the first and the last year, such as [2010, 2024]"));
            }
            read
        });
        let others = fields.optional_bool("others") == Some(true);
        let mut found = Vec::new();
        found.extend((!names.is_empty()).then_some(Self::Names(names)));
        found.extend(prefix.map(Self::Prefix));
        found.extend(years.map(|(first, last)| Self::Years(first, last)));
        found.extend(others.then_some(Self::Others));
        if found.len() != 1 {
            fields.fault(
                whole,
                "which columns become rows: one of `columns`, `prefix`, `years` and `others = true`",
            );
            return None;
        }
        found.pop()
    }
}

/// Two whole numbers, the smaller one first.
fn bounds(value: &DeValue<'_>) -> Option<(i64, i64)> {
    let items = value.as_array().filter(|items| items.len() == 2)?;
    let number = |value: &Spanned<DeValue<'_>>| value.get_ref().as_integer()?.as_str().parse::<i64>().ok();
    let (first, last) = (number(items.first()?)?, number(items.last()?)?);
    (first <= last).then_some((first, last))
}

/// A name that is a year.
fn year(name: &str) -> Option<i64> {
    let is_year = name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|_| is_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_columns() {
        let unpivot = |into: &[&str], columns| Unpivot {
            into: into.iter().map(|name| (*name).to_owned()).collect(),
            separator: " / ".to_owned(),
            value: "value".to_owned(),
            columns,
            flag_suffix: None,
            ignore: vec!["note".to_owned()],
        };
        let prefix = || Selection::Prefix("pop ".to_owned());
        let table: [(&str, Selection, &str, &str); 11] = [
            ("year", Selection::Years(2010, 2020), "2010", "2010"),
            ("year", Selection::Years(2010, 2020), "2021", "-"),
            ("year", Selection::Years(2010, 2020), "2010b", "-"),
            ("year", Selection::Years(2010, 2020), "+201", "-"),
            ("sex", Selection::Names(vec!["F".to_owned()]), "F", "F"),
            ("sex", Selection::Names(vec!["F".to_owned()]), "M", "-"),
            ("sex", prefix(), "pop F", "F"),
            ("sex year", prefix(), "pop F / 2019", "F|2019"),
            ("sex year", prefix(), "pop F", "-"),
            ("sex", Selection::Others, "F", "F"),
            ("sex", Selection::Others, "note", "-"),
        ];
        for (into, columns, name, expected) in table {
            let into: Vec<&str> = into.split(' ').collect();
            let codes = unpivot(&into, columns).codes(name, false).map(|codes| codes.join("|"));
            assert_eq!(codes.as_deref().unwrap_or("-"), expected, "{name}");
        }
    }
}
