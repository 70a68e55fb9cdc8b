//! The sidecar of a raw file: `FILE.toml` says where `FILE` came from and which bytes it must have.

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use crate::date::Date;
use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic, Translations};

/// Bytes such as a SHA-256 in hexadecimal digits, two for each byte.
///
/// ```
/// assert_eq!(denizen_spec::hexadecimal(&[0, 171, 255]), "00abff");
/// ```
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a sidecar says of its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What the file holds.
    pub title: String,
    /// The same by language, where it is given in several.
    #[serde(default, skip_serializing_if = "Translations::is_empty")]
    pub titles: Translations,
    /// Who made it.
    pub producer: String,
    /// Where it was got from.
    pub origin: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// When it was got.
    pub retrieved: Date,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: Option<String>,
    /// Anything else a reader should know.
    pub note: Option<String>,
    /// Whether it was made by `denizen synth`: no record is about a real person.
    pub synthetic: bool,
    /// Persons in the file for each person of the population: 0.01 for a sample of one in a hundred.
    pub sampling_fraction: f64,
    /// The pseudonym key of a synthetic file, which protects nobody: 32 bytes in hexadecimal.
    pub key: Option<String>,
}

impl Snapshot {
    /// Reads the text of a sidecar.
    ///
    /// # Errors
    ///
    /// Every fault, at byte ranges of `text`, under the code [`Code::Sidecar`].
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let faults = Findings::default();
        let (document, syntax) = DeTable::parse_recoverable(text);
        for error in &syntax {
            faults.push(
                Diagnostic::error(Code::Sidecar, error.message())
                    .at_span(error.span().unwrap_or(0..0), "not TOML"),
            );
        }
        let fields = Fields::new(document.get_ref(), 0..0, &faults);
        fields.in_section(crate::language::SIDECAR);
        let snapshot = Self::read(&fields);
        fields.finish();
        let faults = faults.into_vec();
        snapshot.filter(|_| faults.is_empty()).ok_or_else(|| {
            faults.into_iter().map(|fault| Diagnostic { code: Code::Sidecar, ..fault }).collect()
        })
    }

    fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let (title, titles) = fields.translated("title");
        let producer = fields.text("producer");
        let origin = fields.text("origin");
        let licence = fields.text("licence");
        let retrieved = fields.date("retrieved");
        Some(Self {
            sha256: fields.optional_text("sha256").map(|hash| hash.to_ascii_lowercase()),
            note: fields.optional_text("note"),
            key: fields.optional_text("key"),
            synthetic: fields.optional_bool("synthetic").unwrap_or(false),
            sampling_fraction: fields
                .optional_number("sampling_fraction", f64::MIN_POSITIVE..=f64::MAX, "a number above 0")
                .unwrap_or(1.0),
            title: title?,
            titles,
            producer: producer?,
            origin: origin?,
            licence: licence?,
            retrieved: retrieved?,
        })
    }
}
