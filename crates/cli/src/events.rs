//! The log as JSON: what an event says, each of them one object on one line.

use denizen::Change;
use denizen_spec::{Diagnostic, Place, Severity, is_obeyed};
use serde_json::{Map, Value};

/// A diagnostic as an object: `event`, `severity`, `code`, `message`, and, where it has them, `file`, `line`, `column`, `label`,
/// `notes` and `help`. `path` and `text` are the pipeline file that it may point into; what it does not have is left out.
pub fn diagnostic(diagnostic: &Diagnostic, path: &str, text: &str) -> Value {
    let mut event = complaint(severity(diagnostic), Some(diagnostic.code.id()), &diagnostic.message);
    let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
    match &diagnostic.place {
        Place::Nowhere => {}
        Place::Pipeline { location, label } => {
            let (line, column) = position(text, location.span(text).start);
            put("file", path.into());
            put("line", line.into());
            put("column", column.into());
            if !label.is_empty() {
                put("label", label.as_str().into());
            }
        }
        Place::File { path, line } => {
            put("file", path.to_string_lossy().into());
            if let Some(line) = line {
                put("line", line.get().into());
            }
        }
    }
    if !diagnostic.notes.is_empty() {
        put("notes", diagnostic.notes.clone().into());
    }
    if let Some(help) = &diagnostic.help {
        put("help", help.as_str().into());
    }
    Value::Object(event)
}

/// A change of a source since a release.
pub(crate) fn change(source: &str, change: &Change) -> Value {
    let Change { level, code, column, message, files } = change;
    let facts = [("event", "change"), ("severity", level.name()), ("code", code.id()), ("source", source)];
    let mut event: Map<String, Value> =
        facts.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    if let Some(column) = column {
        event.insert("column".to_owned(), column.as_str().into());
    }
    event.insert("message".to_owned(), message.as_str().into());
    if !files.is_empty() {
        event.insert("files".to_owned(), files.clone().into());
    }
    Value::Object(event)
}

/// An event on one line. JSON leaves some characters as they are that a terminal obeys: they are escaped too.
pub(crate) fn printable(event: &Value) -> String {
    let mut line = String::new();
    for c in event.to_string().chars() {
        if is_obeyed(c) {
            line += &format!("\\u{:04x}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    line
}

/// A fault of the command line, which has no code.
pub(crate) fn fault(message: &str, help: Option<&str>) -> Value {
    let mut event = complaint("error", None, message);
    if let Some(help) = help {
        event.insert("help".to_owned(), help.into());
    }
    Value::Object(event)
}

fn complaint(severity: &str, code: Option<&str>, message: &str) -> Map<String, Value> {
    let code = code.map(|code| ("code", code));
    let facts = [("event", "diagnostic"), ("severity", severity)].into_iter().chain(code);
    facts.chain([("message", message)]).map(|(name, text)| (name.to_owned(), text.into())).collect()
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// Line and column of a byte, in characters and counted from 1, as in the text of a diagnostic.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(byte.min(text.len()))];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.matches('\n').count(), 1 + line.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use denizen_spec::Code;
    use serde_json::json;

    #[test]
    fn a_place_is_a_line_and_a_column() {
        for (text, byte, expected) in [
            ("", 0, (1, 1)),
            ("ab", 1, (1, 2)),
            ("ab\ncd", 3, (2, 1)),
            ("é = ñ", 5, (1, 5)),
            ("é", 1, (1, 1)),
            ("ab\n", 99, (2, 1)),
        ] {
            assert_eq!(position(text, byte), expected, "{text} {byte}");
        }
    }

    #[test]
    fn nothing_is_obeyed() {
        let event = json!({"a": "\u{1b}[31m\n\u{202e}\u{7f}\u{9b}é\u{200f}"});
        let line = printable(&event);
        assert_eq!(line, r#"{"a":"\u001b[31m\n\u202e\u007f\u009bé\u200f"}"#);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), event);
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let bare = Diagnostic::warning(Code::NothingLeft, "nothing");
        let full = Diagnostic::error(Code::MissingFile, "none")
            .at(denizen_spec::Path::root().field("b"), "here")
            .note("one")
            .help("look");
        let in_file = bare.clone().in_file("a.csv", Some(7));
        for (found, expected) in [
            (
                &bare,
                json!({"event": "diagnostic", "severity": "warning", "message": "nothing",
                    "code": bare.code.id()}),
            ),
            (
                &full,
                json!({"event": "diagnostic", "severity": "error", "message": "none", "code": full.code.id(),
                    "file": "p.toml", "line": 2, "column": 3, "label": "here", "notes": ["one"], "help": "look"}),
            ),
            (
                &in_file,
                json!({"event": "diagnostic", "severity": "warning", "message": "nothing",
                    "code": bare.code.id(), "file": "a.csv", "line": 7}),
            ),
        ] {
            assert_eq!(diagnostic(found, "p.toml", "a=\nb=1"), expected);
        }
    }
}
