//! One row of a JSON document: the members of an object.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::rows::Field;

/// From here on a number that is no whole number of 64 bits has lost digits.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// The members of an object, those of objects within it among them, as they stand.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) members: Vec<(String, MemberValue)>,
}

impl Row {
    /// Bytes that it takes.
    pub(super) fn size(&self) -> usize {
        self.members.iter().map(|(name, value)| name.len() + value.size()).sum()
    }
}

/// The value of a member.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum MemberValue {
    /// `null`.
    Nothing,
    /// A text, a truth value as `true` or `false`, or a whole number of 64 bits as its digits.
    Text(String),
    /// Any other number.
    Number(f64),
    /// A list, which is a table of its own.
    List,
}

impl MemberValue {
    pub(super) fn field(&self) -> Field<'_> {
        match self {
            Self::Number(number) => Field::Number(*number),
            Self::Text(text) => Field::Text(text.as_bytes()),
            Self::Nothing | Self::List => Field::Text(b""),
        }
    }

    /// Something in its place that is empty where it says nothing.
    pub(super) fn text(&self) -> &[u8] {
        match self {
            Self::Number(_) => b"0",
            Self::Text(text) => text.as_bytes(),
            Self::Nothing | Self::List => b"",
        }
    }

    pub(super) fn size(&self) -> usize {
        size_of::<Self>() + self.text().len()
    }

    pub(super) fn is_inexact(&self) -> bool {
        matches!(self, Self::Number(number) if number.abs() >= INEXACT)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Vec::new();
        deserializer.deserialize_map(Members { prefix: "", members: &mut members })?;
        Ok(Self { members })
    }
}

/// The members of an object, each with what it is in before its name.
struct Members<'a> {
    prefix: &'a str,
    members: &'a mut Vec<(String, MemberValue)>,
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object, whose members are the columns of a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let name = format!("{}{}", self.prefix, name.trim());
            members.next_value_seed(Member { name, members: self.members })?;
        }
        Ok(())
    }
}

/// A member of an object.
struct Member<'a> {
    name: String,
    members: &'a mut Vec<(String, MemberValue)>,
}

impl Member<'_> {
    fn is(self, value: MemberValue) {
        self.members.push((self.name, value));
    }
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.is(MemberValue::Nothing);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.is(MemberValue::Text(value.to_string()));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.is(MemberValue::Text(value.to_string()));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.is(MemberValue::Text(value.to_string()));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.is(MemberValue::Number(value));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.is(MemberValue::Text(value.to_owned()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        self.is(MemberValue::List);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let prefix = format!("{}.", self.name);
        Members { prefix: &prefix, members: self.members }.visit_map(members)
    }
}

#[cfg(test)]
mod tests {
    use super::{MemberValue, Row};

    #[test]
    fn rows() {
        let text = |text: &str| MemberValue::Text(text.to_owned());
        let table = [
            (r#"{"a": null, "b": true}"#, Ok(vec![("a", MemberValue::Nothing), ("b", text("true"))])),
            (
                r#"{"a": 18446744073709551615, "b": -1}"#,
                Ok(vec![("a", text("18446744073709551615")), ("b", text("-1"))]),
            ),
            (r#"{"a": 1.50, "b": "1.50"}"#, Ok(vec![("a", MemberValue::Number(1.5)), ("b", text("1.50"))])),
            (
                r#"{"c": {"code": "IT", "in": {"n": 1}}, "l": [1, {"x": 2}]}"#,
                Ok(vec![("c.code", text("IT")), ("c.in.n", text("1")), ("l", MemberValue::List)]),
            ),
            (r#"{" a ": "1"}"#, Ok(vec![("a", text("1"))])),
            (
                "[1]",
                Err("invalid type: sequence, expected an object, whose members are the columns of a row"),
            ),
        ];
        for (document, expected) in table {
            let read: Result<Row, _> = serde_json::from_str(document);
            let read = read.map(|row| row.members).map_err(|error| error.to_string());
            match (read, expected) {
                (Ok(members), Ok(expected)) => {
                    let expected: Vec<_> =
                        expected.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                    assert_eq!(members, expected, "{document}");
                }
                (Err(error), Err(expected)) => assert!(error.starts_with(expected), "{document}: {error}"),
                (read, _) => panic!("{document}: {read:?}"),
            }
        }
    }
}
