//! The sidecar of a code list: `NAME.toml` says where the list came from, and what its codes stand for.

use toml::de::DeTable;

use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

/// What the sidecar of a code list says for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSidecar {
    /// The domain of the reference that its codes are of, and their scheme there: `reference = "country"`,
    /// `scheme = "iso2"`.
    pub reference: Option<(String, String)>,
}

impl ListSidecar {
    /// Reads the text of a sidecar.
    ///
    /// # Errors
    ///
    /// Every fault, at byte ranges of `text`, under the code [`Code::Sidecar`].
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let faults = Findings::default();
        let (document, syntax) = DeTable::parse_recoverable(text);
        for error in &syntax {
            let fault = Diagnostic::error(Code::Sidecar, error.message());
            faults.push(fault.at_span(error.span().unwrap_or(0..0), "not TOML"));
        }
        let fields = Fields::new(document.get_ref(), 0..0, &faults);
        fields.in_section(crate::language::SIDECAR);
        let sidecar = Self::read(&fields);
        fields.finish();
        let faults = faults.into_vec();
        if faults.is_empty() {
            return Ok(sidecar);
        }
        Err(faults.into_iter().map(|fault| Diagnostic { code: Code::Sidecar, ..fault }).collect())
    }

    fn read(fields: &Fields<'_, '_>) -> Self {
        // For readers only.
        for field in ["title", "producer", "origin", "licence", "sha256", "note"] {
            fields.optional_text(field);
        }
        fields.optional_date("retrieved");
        let domain = fields.optional_text("reference");
        let scheme = if domain.is_some() { fields.text("scheme") } else { fields.optional_text("scheme") };
        Self { reference: domain.zip(scheme) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sidecars() {
        let table = [
            ("title = \"x\"\n", Ok(None)),
            ("reference = \"country\"\nscheme = \"iso2\"\n", Ok(Some(("country", "iso2")))),
            ("reference = \"country\"\n", Err("the field `scheme` is missing")),
            ("refrence = \"country\"\n", Err("unknown field `refrence`")),
            ("reference = 1\n", Err("expected a string, found integer")),
        ];
        for (text, expected) in table {
            let found = ListSidecar::parse(text);
            let found = match &found {
                Ok(sidecar) => {
                    Ok(sidecar.reference.as_ref().map(|(domain, scheme)| (domain.as_str(), scheme.as_str())))
                }
                Err(faults) => Err(faults[0].message.as_str()),
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
