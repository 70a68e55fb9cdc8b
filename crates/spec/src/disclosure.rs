//! `[disclosure]`: how small counts of persons are protected.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

/// Which counts are kept back, and how the others are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Counts of 1 to `threshold` are suppressed; zero stays. A threshold of 1 would tell them all.
    pub threshold: i64,
    /// What is left is rounded to the nearest multiple of this.
    pub rounding_base: i64,
}

impl Disclosure {
    pub(crate) fn read(fields: Fields<'_, '_>, findings: &Findings) -> Self {
        let number = |key, least, default| {
            let Some(number) = fields.optional_integer(key) else { return default };
            if !(least..=1_000_000).contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to 1000000"));
            }
            *number.get_ref()
        };
        let before = findings.count();
        let disclosure =
            Self { threshold: number("threshold", 2, 0), rounding_base: number("rounding_base", 1, 1) };
        // Numbers that could not be read are not weighed against each other.
        if findings.count() > before {
            fields.finish();
            return disclosure;
        }
        if disclosure.threshold > 0 && disclosure.rounding_base == 1 {
            findings.push(
                Diagnostic::error(Code::Disclosure, "suppressed counts could be recomputed")
                    .at_span(fields.span(), "a threshold needs a `rounding_base` above 1")
                    .help("a single suppressed count is the total less the others, unless these are rounded"),
            );
        }
        // The smallest count that is shown must not become zero: absent is never zero, and neither is small.
        if disclosure.threshold + 1 < (disclosure.rounding_base + 1) / 2 {
            findings.push(
                Diagnostic::error(Code::Disclosure, "small counts would be rounded to zero")
                    .at_span(fields.span(), "the threshold is too low for this `rounding_base`")
                    .help(format!("suppress counts up to {}", (disclosure.rounding_base + 1) / 2 - 1)),
            );
        }
        fields.finish();
        disclosure
    }
}
