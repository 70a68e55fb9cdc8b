//! The values of dimensions, and the levels of a column: its distinct values in order.

use std::cmp::Ordering;
use std::collections::HashMap;

use ahash::RandomState;
use denizen_spec::columns;
use serde::{Deserialize, Serialize};

use crate::code_order;

/// A value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Value {
    /// A number, such as a year.
    Number(i64),
    /// A day, as days since 1970-01-01.
    Day(i32),
    /// A code of a list; `_T` is the total, in dimensions of numbers and days too.
    Code(String),
    /// Nobody said it (`_U`). It sorts after the codes.
    NotStated,
}

impl Value {
    /// A code. `_U` of a list is what everybody else calls *not stated*.
    pub(crate) fn code(text: &str) -> Self {
        if text == columns::NOT_STATED { Self::NotStated } else { Self::Code(text.to_owned()) }
    }

    /// The value that stands for all others of the dimension together.
    pub(crate) fn total() -> Self {
        Self::Code(columns::TOTAL.to_owned())
    }

    /// Whether it stands for all values of the dimension together.
    pub(crate) fn is_total(&self) -> bool {
        matches!(self, Self::Code(code) if code == columns::TOTAL)
    }

    /// Whether it is one value: neither a total nor *not stated*.
    pub(crate) fn is_detail(&self) -> bool {
        *self != Self::NotStated && !self.is_total()
    }

    /// As text, dates in ISO 8601, *not stated* as `_U`.
    pub(crate) fn text(&self) -> String {
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

fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Code(one), Value::Code(other)) => code_order::compare(one, other),
        // Kinds in the order in which they are declared.
        (one, other) => one.cmp(other),
    }
}

/// The distinct values of a column in their order: numbers and days as such, codes as people count ([`crate::code_order`]),
/// *not stated* last. Frames hold the index of a value, so that they are small, and so that
/// they are sorted, grouped and joined as numbers; the order of the indices is that of the values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Levels(Vec<Value>);

impl Levels {
    /// Sorts values and drops those that are there twice.
    pub(crate) fn new(values: impl IntoIterator<Item = Value>) -> Self {
        let mut values: Vec<Value> = values.into_iter().collect();
        values.sort_by(compare);
        values.dedup();
        Self(values)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.0
    }

    pub(crate) fn index(&self, value: &Value) -> Option<u32> {
        self.0.binary_search_by(|known| compare(known, value)).ok().map(|index| index as u32)
    }

    /// The index of the total.
    pub(crate) fn total(&self) -> Option<u32> {
        self.index(&Value::total())
    }

    /// The index of *not stated*.
    pub(crate) fn not_stated(&self) -> Option<u32> {
        self.index(&Value::NotStated)
    }

    /// The indices of these values in another column's levels, which hold them all.
    pub(crate) fn in_levels(&self, others: &Self) -> Vec<Option<u32>> {
        self.0.iter().map(|value| others.index(value)).collect()
    }
}

/// What belongs to each combination of values, in no order: most keys are looked up many times before they are read once.
pub(crate) type ByKey<T> = HashMap<Vec<Value>, T, RandomState>;

/// A map as a sorted list of pairs: keys of JSON are texts, and equal maps are to be equal bytes.
pub(crate) mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{ByKey, Value};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        map: &ByKey<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut pairs: Vec<(&Vec<Value>, &T)> = map.iter().collect();
        pairs.sort_unstable_by_key(|(key, _)| *key);
        pairs.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ByKey<T>, D::Error> {
        Ok(Vec::<(Vec<Value>, T)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_sorted_and_total_and_not_stated_are_found() {
        let number = Value::Number;
        let table = [
            (vec![number(9), number(-1), number(9)], None, None),
            (vec![Value::NotStated, Value::total(), number(2001)], Some(1), Some(2)),
            (vec![Value::code("_U"), Value::code("a"), Value::code("A")], None, Some(2)),
            (vec![Value::code("a"), Value::code("_T"), Value::code("A")], Some(1), None),
            (vec![], None, None),
        ];
        for (values, total, not_stated) in table {
            let levels = Levels::new(values.clone());
            assert_eq!((levels.total(), levels.not_stated()), (total, not_stated), "{values:?}");
            assert!(levels.values().is_sorted_by(|one, other| compare(one, other).is_lt()));
            for value in values {
                assert_eq!(levels.values()[levels.index(&value).unwrap() as usize], value);
            }
        }
    }
}
