//! Codes with their labels, as `labels=both` of SDMX-CSV gives them: `SEX: Sex`, `F: Women`.

/// The code of a name or a text that has its label behind it.
pub(super) fn code_of_label(text: &str) -> Option<&str> {
    text.split_once(": ").map(|(code, _)| code).filter(|code| is_code(code))
}

/// The same of the bytes of a field.
pub(super) fn code_of_field(field: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(field, b": ");
    end.map_or(field, |end| &field[..end])
}

/// Whether a text can be a code: a label may hold a colon too, and has blanks before it.
fn is_code(code: &str) -> bool {
    !code.is_empty() && !code.contains(char::is_whitespace)
}
