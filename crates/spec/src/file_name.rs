//! Names of a pipeline that become names of files or folders, which must not lead out of their place.

use crate::{Code, Diagnostic};

/// What bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOf {
    Vintage,
    Source,
    Codelist,
    Table,
}

impl NameOf {
    /// What is wrong with a name, still without a place.
    pub(crate) fn fault(self, name: &str) -> Option<Diagnostic> {
        let is_reserved = self == Self::Table && is_reserved(name);
        let fault = |message: &str| Diagnostic::error(Code::UnknownValue, message);
        let fault = match self {
            Self::Vintage => fault("the vintage is the name of a folder"),
            Self::Source => fault("a source's name is also that of a folder"),
            Self::Codelist => fault("a code list's name is also that of its file"),
            Self::Table => fault("a table cannot have this name").help(
                "`reconciliation`, `estimates` and names that begin with `codelist` belong to the program",
            ),
        };
        (is_reserved || !is_file_name(name)).then_some(fault)
    }

    /// What to write.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Table => "it is the name of a file: letters, digits, `_` and `-`",
            Self::Vintage | Self::Source | Self::Codelist => "use letters, digits, `.`, `_` and `-` only",
        }
    }
}

/// Whether a text can be the name of a file or folder everywhere.
pub fn is_file_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.len() <= 64 && !text.starts_with('.') && text.chars().all(allowed)
}

/// Whether a name is one that the program gives to its own tables.
fn is_reserved(name: &str) -> bool {
    let name = name.to_lowercase();
    ["reconciliation", "estimates"].contains(&name.as_str()) || name.starts_with("codelist")
}
