//! Marks: what a publisher writes in the place of a value.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings, unknown_value};

/// What a text in the place of a value says. Each meaning stays apart to the published row.
///
/// ```
/// use denizen_spec::Mark;
///
/// assert_eq!(Mark::Suppressed.obs_status(), Some("Q"));
/// assert_eq!(Mark::Zero.obs_status(), None); // a value like any other
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Exactly nobody.
    Zero,
    /// There is a value, and nobody knows it.
    Missing,
    /// There cannot be a value.
    NotApplicable,
    /// The value will come later.
    NotYet,
    /// The publisher withholds the value to protect persons.
    Suppressed,
    /// The publisher withholds the value because it is too uncertain.
    Unreliable,
}

impl Mark {
    const ALL: [(&'static str, Self); 6] = [
        ("zero", Self::Zero),
        ("missing", Self::Missing),
        ("not_applicable", Self::NotApplicable),
        ("not_yet", Self::NotYet),
        ("suppressed", Self::Suppressed),
        ("unreliable", Self::Unreliable),
    ];

    /// The status of the published row, a code of SDMX `CL_OBS_STATUS` 2.2; none where it is a value.
    pub fn obs_status(self) -> Option<&'static str> {
        match self {
            Self::Zero => None,
            // Missing value.
            Self::Missing => Some("O"),
            // Missing value; data cannot exist.
            Self::NotApplicable => Some("M"),
            // Missing value; data exist but were not collected.
            Self::NotYet => Some("L"),
            // Missing value; suppressed.
            Self::Suppressed => Some("Q"),
            // Low reliability.
            Self::Unreliable => Some("U"),
        }
    }

    /// Whether persons are protected by it: `conf_status` is `C` then.
    pub fn is_confidential(self) -> bool {
        self == Self::Suppressed
    }

    /// Reads `marks = { "-" = "zero", "X" = "suppressed" }`.
    pub(crate) fn read_all(fields: &Fields<'_, '_>, findings: &Findings) -> Vec<(String, Self)> {
        let mut marks = Vec::new();
        for (text, meaning) in fields.optional_spanned_pairs("marks") {
            match Self::ALL.iter().find(|(name, _)| name == meaning.get_ref()) {
                Some((_, mark)) => marks.push((text, *mark)),
                None => findings.push(unknown_value("mark", &meaning, Self::ALL.map(|(name, _)| name))),
            }
        }
        marks
    }
}
