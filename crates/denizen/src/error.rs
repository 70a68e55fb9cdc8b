//! Why there is no release.

use std::fmt;

use denizen_spec::{Diagnostic, Severity};

/// Everything that was found wrong, with the pipeline file that it points into.
///
/// It shows itself as `denizen` does: each fault with its place.
#[derive(Debug, Clone)]
pub struct Error {
    /// The faults, and warnings among them.
    pub diagnostics: Vec<Diagnostic>,
    /// The pipeline file as the user named it.
    pub path: String,
    /// Its text; empty where the pipeline comes from a program.
    pub text: String,
}

impl Error {
    /// The first fault: that which decides about an exit status.
    pub fn first(&self) -> Option<&Diagnostic> {
        self.diagnostics.iter().find(|found| found.severity == Severity::Error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n\n" };
            write!(formatter, "{separator}{}", diagnostic.render(&self.path, &self.text, false))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
