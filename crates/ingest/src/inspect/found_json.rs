//! JSON: where the rows of a document are.

use std::io::Read;
use std::path::Path;

use denizen_spec::{Diagnostic, Format, Json};
use serde_json::Value;

use super::{FoundFile, no_table};
use crate::input::{StoredFile, unreadable};

/// Documents that are looked at as a whole. Longer ones have their rows outside of all else, or must be declared.
const LOOKED_AT: u64 = 1 << 24;

pub(super) fn find(path: &Path, member: Option<&str>, shown: &str) -> Result<FoundFile, Diagnostic> {
    let mut text = Vec::new();
    let stored = StoredFile::open(path, member, None);
    let read = stored.and_then(|stored| stored.bytes.take(LOOKED_AT + 1).read_to_end(&mut text));
    read.map_err(|error| unreadable(shown, &error))?;
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let rows = |rows| Format::Json(Json { rows, decimal_mark: b'.' });
    let (format, why) = match serde_json::from_slice::<Value>(text) {
        // Several documents one after another, or the beginning of a long one.
        Err(_) => (rows(Vec::new()), "each row is an object".to_owned()),
        Ok(document) if document.get("class").and_then(Value::as_str) == Some("dataset") => {
            (Format::JsonStat, "its `class` is `dataset`: a cube in JSON-stat".to_owned())
        }
        Ok(document) => match longest_list(&document) {
            Some((pointer, count)) => (rows(pointer), format!("it has a list of {count} objects")),
            None if is_row(&document) => (rows(Vec::new()), "it is one object".to_owned()),
            None => {
                return Err(no_table(
                    shown,
                    "it is JSON without a list of objects",
                    "write its rows as objects",
                ));
            }
        },
    };
    let mut found = FoundFile::new(path, format);
    found.evidence.push(("format", why));
    Ok(found)
}

/// An object without lists: a row of its own.
fn is_row(document: &Value) -> bool {
    document.as_object().is_some_and(|members| !members.values().any(Value::is_array))
}

/// The list with the most objects, and nothing else, in it: where it stands, and how many.
fn longest_list(value: &Value) -> Option<(Vec<String>, usize)> {
    let (within, own): (Vec<(String, &Value)>, _) = match value {
        Value::Array(elements) => {
            let own =
                (!elements.is_empty() && elements.iter().all(Value::is_object)).then_some(elements.len());
            (elements.iter().enumerate().map(|(place, element)| (place.to_string(), element)).collect(), own)
        }
        Value::Object(members) => {
            (members.iter().map(|(name, member)| (name.clone(), member)).collect(), None)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    if let Some(count) = own {
        return Some((Vec::new(), count));
    }
    let mut longest: Option<(Vec<String>, usize)> = None;
    for (part, value) in within {
        let Some((mut pointer, count)) = longest_list(value) else { continue };
        if longest.as_ref().is_none_or(|(_, most)| count > *most) {
            pointer.insert(0, part);
            longest = Some((pointer, count));
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::longest_list;

    #[test]
    fn lists() {
        let table = [
            (r#"[{"a":1},{"a":2}]"#, Some(("", 2))),
            (r#"{"help":[{"a":1}],"result":{"records":[{"a":1},{"a":2}]}}"#, Some(("result records", 2))),
            (r#"[{"page":1},[{"a":1},{"a":2}]]"#, Some(("1", 2))),
            (r#"[[1,2],[3,4]]"#, None),
            (r#"{"a":[]}"#, None),
            ("3", None),
        ];
        for (document, expected) in table {
            let found = longest_list(&serde_json::from_str(document).unwrap());
            let found = found.map(|(pointer, count)| (pointer.join(" "), count));
            let expected = expected.map(|(pointer, count)| (pointer.to_owned(), count));
            assert_eq!(found, expected, "{document}");
        }
    }
}
