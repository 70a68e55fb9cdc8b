//! TOML as text: keys and strings.

use denizen_spec::is_obeyed;

/// A string in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            c if c.is_control() || is_obeyed(c) || c == '\u{feff}' => {
                quoted += &format!("\\u{:04X}", c as u32)
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key, bare where it can be.
pub(super) fn key(text: &str) -> String {
    let is_bare = text.contains(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { text.to_owned() } else { quoted(text) }
}

/// An array of strings.
pub(super) fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// An inline table of keys and strings.
pub(super) fn table(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{} = {}", key(name), quoted(value))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// What stands in a comment: on one line, whatever it names.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_obeyed(c) { '?' } else { c }).collect()
}

/// A text within a comment: on one line, and not long.
pub(super) fn shown(text: &str) -> String {
    let line: String =
        text.chars().take(60).map(|c| if c.is_control() || is_obeyed(c) { '?' } else { c }).collect();
    let more = if text.chars().count() > 60 { "…" } else { "" };
    format!("`{line}{more}`")
}

/// The first few texts within a comment.
pub(super) fn some<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let texts: Vec<&str> = texts.into_iter().collect();
    let first: Vec<String> = texts.iter().take(most).map(|text| shown(text)).collect();
    let more = texts.len().saturating_sub(most);
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}
