//! `[disclosure]`: how small counts of persons are protected.

use serde::{Deserialize, Serialize};

use crate::text::{Fields, Findings};
use crate::{Code, Diagnostic, Translations};

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
        /// The same by language, where it is given in several.
        #[serde(default, skip_serializing_if = "Translations::is_empty")]
        reasons: Translations,
    },
}

const SUPPRESS_AND_ROUND: &str = "suppress_and_round";
const NONE: &str = "none";

/// Below it, suppressed counts are often the only ones that fit the rounded counts and totals around them: of the counts of
/// 1 to 3 in tables of 5 by 3 codes with margins a third at base 2 and a sixth at base 3, but one in sixteen at base 5.
const LEAST_ROUNDING_BASE: i64 = 5;

/// A threshold of 1 would tell that each suppressed count is one person.
const LEAST_THRESHOLD: i64 = 2;

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
        fields.in_section("disclosure");
        let method = fields.optional_one_of("method", &[(SUPPRESS_AND_ROUND, true), (NONE, false)]);
        let disclosure = match method {
            None if fields.has("method") => {
                fields.ignore_unknown();
                None
            }
            Some(false) => Self::read_reason(&fields),
            Some(true) | None => Self::read_numbers(&fields),
        };
        let faults = disclosure.iter().flat_map(Self::faults);
        faults.for_each(|(fault, label)| findings.push(fault.at_span(fields.span(), label)));
        fields.finish();
        disclosure
    }

    fn read_reason(fields: &Fields<'_, '_>) -> Option<Self> {
        let (reason, reasons) = fields.translated("reason");
        let reason = reason?;
        let is_blank = |text: &str| text.trim().is_empty();
        if is_blank(&reason) || reasons.iter().any(|(_, text)| is_blank(text)) {
            fields
                .value("reason")
                .inspect(|value| fields.fault(value, "why counts may be published as they are"));
            return None;
        }
        Some(Self::None { reason, reasons })
    }

    fn read_numbers(fields: &Fields<'_, '_>) -> Option<Self> {
        let number = |key, least: i64| {
            let number = fields.integer(key)?;
            if !(least..=MOST).contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to {MOST}"));
                return None;
            }
            Some(*number.get_ref())
        };
        let (threshold, rounding_base) = (number("threshold", LEAST_THRESHOLD), number("rounding_base", 1));
        Some(Self::SuppressAndRound { threshold: threshold?, rounding_base: rounding_base? })
    }

    /// Why small counts are not protected by it, each with a label for its place.
    pub(crate) fn faults(&self) -> Vec<(Diagnostic, String)> {
        let Self::SuppressAndRound { threshold, rounding_base } = self else { return Vec::new() };
        let fault = |message: &str| Diagnostic::error(Code::Disclosure, message);
        let mut faults = Vec::new();
        if *threshold < LEAST_THRESHOLD {
            let fault = fault("single persons would be told");
            faults.push((fault, format!("a threshold is {LEAST_THRESHOLD} or more")));
        }
        if *rounding_base < LEAST_ROUNDING_BASE {
            let fault = fault("suppressed counts could be recomputed").help(
                "a suppressed count is a total less the others, unless these are rounded so far that many counts fit",
            );
            let label = format!("a threshold needs a `rounding_base` of {LEAST_ROUNDING_BASE} or more");
            faults.push((fault, label));
        }
        // The smallest count that is shown must not become zero: absent is never zero, and neither is small.
        let least = (rounding_base.saturating_add(1)) / 2 - 1;
        if *threshold < least {
            let fault = fault("small counts would be rounded to zero");
            let label = "the threshold is too low for this `rounding_base`".to_owned();
            faults.push((fault.help(format!("suppress counts up to {least}")), label));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_protects_nobody_is_a_fault_however_the_pipeline_was_made() {
        let faults = |threshold, rounding_base| {
            let disclosure = Some(Disclosure::SuppressAndRound { threshold, rounding_base });
            let pipeline = crate::Pipeline { disclosure, ..crate::Pipeline::default() };
            let faults = pipeline.check().into_iter();
            faults.filter(|fault| fault.code == Code::Disclosure).count()
        };
        let table = [
            ((2, 5), 0),
            ((7, 5), 0),
            ((9, 10), 0),
            ((0, 5), 2),
            ((1, 5), 2),
            ((3, 4), 1),
            ((3, 1), 1),
            ((3, 10), 1),
            ((4, 10), 0),
            ((2, i64::MAX), 1),
        ];
        for ((threshold, rounding_base), expected) in table {
            assert_eq!(faults(threshold, rounding_base), expected, "{threshold} {rounding_base}");
        }
    }
}
