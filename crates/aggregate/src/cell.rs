//! A cell before it is published: its place, its count, and what may be shown of it.

use denizen_spec::columns;

/// A code of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A number, such as a year.
    Number(i64),
    /// A day, as days since 1970-01-01.
    Day(i32),
    /// A code of a list.
    Code(String),
    /// Nobody said it. It sorts after the codes.
    NotStated,
}

impl Value {
    /// Whether it stands for all codes of the dimension together.
    pub fn is_total(&self) -> bool {
        matches!(self, Self::Code(code) if code == columns::TOTAL)
    }

    /// Whether it is one code: neither a total nor *not stated*.
    pub fn is_detail(&self) -> bool {
        *self != Self::NotStated && !self.is_total()
    }

    /// As text, dates in ISO 8601, *not stated* as `_U`.
    pub fn text(&self) -> String {
        match self {
            Self::NotStated => columns::NOT_STATED.to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Day(days) => {
                denizen_spec::Date::from_days(*days).map_or_else(String::new, |date| date.to_string())
            }
            Self::Code(code) => code.clone(),
        }
    }
}

/// A count at a place of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Count {
    /// A code for each dimension of the table.
    pub key: Vec<Value>,
    /// What is counted.
    pub concept: String,
    /// The count; none where the publisher gave none. Absent is never zero.
    pub exact: Option<i64>,
    /// The count as it may be shown: rounded, or none when it is suppressed.
    pub shown: Option<i64>,
    /// Note of the publisher.
    pub obs_status: Option<String>,
    /// Whether it is kept back to protect persons.
    pub suppressed: bool,
    /// Whether it was taken from a published table, in which parts may be missing.
    pub from_publication: bool,
}

impl Count {
    pub(crate) fn new(key: Vec<Value>, concept: &str, count: Option<i64>) -> Self {
        let concept = concept.to_owned();
        Self {
            key,
            concept,
            exact: count,
            shown: count,
            obs_status: None,
            suppressed: false,
            from_publication: false,
        }
    }
}

/// Counts that agree in everything but one dimension, in the order of their keys.
pub(crate) fn groups(counts: &[Count], dimension: usize) -> Vec<Vec<&Count>> {
    let mut groups: std::collections::BTreeMap<(&str, Vec<&Value>), Vec<&Count>> = Default::default();
    for count in counts {
        let others = count.key.iter().enumerate().filter(|(place, _)| *place != dimension);
        let others = others.map(|(_, value)| value).collect();
        groups.entry((&count.concept, others)).or_default().push(count);
    }
    groups.into_values().collect()
}
