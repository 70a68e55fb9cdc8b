//! `[disclosure]`: how small counts of persons are protected.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic};

/// What is done about small counts. Where records are of real persons, a pipeline must say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Disclosure {
    /// Counts of 1 to `threshold` are suppressed, the others rounded.
    SuppressAndRound {
        /// Counts of 1 to so many persons are suppressed; zero stays. A threshold of 1 would tell them all.
        threshold: i64,
        /// What is left is rounded to the nearest multiple of this.
        rounding_base: i64,
    },
    /// Counts are published as they are.
    None {
        /// Why they may be.
        reason: String,
    },
}

const SUPPRESS_AND_ROUND: &str = "suppress_and_round";
const NONE: &str = "none";

/// Below it, suppressed counts are often the only ones that fit the rounded counts and totals around them: of the counts of
/// 1 to 3 in tables of 5 by 3 codes with margins a third at base 2 and a sixth at base 3, but one in sixteen at base 5.
const LEAST_ROUNDING_BASE: i64 = 5;

const MOST: i64 = 1_000_000;

impl Disclosure {
    /// Counts of 1 to so many persons are suppressed; 0 where none is.
    pub fn threshold(&self) -> i64 {
        match self {
            Self::SuppressAndRound { threshold, .. } => *threshold,
            Self::None { .. } => 0,
        }
    }

    /// Counts are rounded to multiples of this; 1 where they are not.
    pub fn rounding_base(&self) -> i64 {
        match self {
            Self::SuppressAndRound { rounding_base, .. } => *rounding_base,
            Self::None { .. } => 1,
        }
    }

    /// Whether exact counts must not leave the program.
    pub fn hides_counts(&self) -> bool {
        match self {
            Self::SuppressAndRound { .. } => true,
            Self::None { .. } => false,
        }
    }

    pub(crate) fn read(fields: Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let method = fields.optional_one_of("method", &[(SUPPRESS_AND_ROUND, true), (NONE, false)]);
        let is_stated_wrongly = fields.has("method") && method.is_none();
        let disclosure = if is_stated_wrongly {
            fields.ignore_unknown();
            None
        } else if method == Some(false) {
            fields.text("reason").map(|reason| Self::None { reason })
        } else {
            Self::read_numbers(&fields, findings)
        };
        fields.finish();
        disclosure
    }

    fn read_numbers(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let number = |key, least: i64| {
            let number = fields.integer(key)?;
            if !(least..=MOST).contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to {MOST}"));
                return None;
            }
            Some(*number.get_ref())
        };
        let (threshold, rounding_base) = (number("threshold", 2), number("rounding_base", 1));
        let (threshold, rounding_base) = (threshold?, rounding_base?);
        if rounding_base < LEAST_ROUNDING_BASE {
            findings.push(
                Diagnostic::error(Code::Disclosure, "suppressed counts could be recomputed")
                    .at_span(fields.span(), format!("a threshold needs a `rounding_base` of {LEAST_ROUNDING_BASE} or more"))
                    .help("a suppressed count is a total less the others, unless these are rounded so far that many counts fit"),
            );
        }
        // The smallest count that is shown must not become zero: absent is never zero, and neither is small.
        if threshold + 1 < (rounding_base + 1) / 2 {
            findings.push(
                Diagnostic::error(Code::Disclosure, "small counts would be rounded to zero")
                    .at_span(fields.span(), "the threshold is too low for this `rounding_base`")
                    .help(format!("suppress counts up to {}", (rounding_base + 1) / 2 - 1)),
            );
        }
        Some(Self::SuppressAndRound { threshold, rounding_base })
    }
}
