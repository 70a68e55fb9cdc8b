//! What a rule knew of a crossing, month after month, had the data ended there: a letter for the end of each month.
//!
//! The first letter is for the end of the month of the crossing, the next for the end of the month after it, until the rule has decided
//! about every crossing of that month whatever comes, or the data end. They are what a run knows on data that are cut there, also
//! where a missing crossing is found later, so that estimates and their back-tests rest on nothing that nobody could know.

use crate::columns;

/// The letter of an answer and of what it rests on.
///
/// ```
/// use denizen_spec::{columns, monthly_answer};
///
/// assert_eq!(monthly_answer(Some(true), columns::AS_RECORDED), '1');
/// assert_eq!(monthly_answer(None, columns::AS_RECORDED), '?');
/// ```
pub fn monthly_answer(answer: Option<bool>, basis: &str) -> char {
    let is_after_undecided = basis == columns::UNSEEN_UNDECIDED;
    match answer {
        Some(true) if is_after_undecided => 'y',
        Some(true) => '1',
        Some(false) if is_after_undecided => 'n',
        Some(false) => '0',
        None if is_after_undecided => 'o',
        None if [columns::AS_RECORDED, columns::REPAIRED].contains(&basis) => '?',
        None => '-',
    }
}

/// Whether a letter of a record is that of a migration for certain. `is_direction` as of [`Aspect::counts`](crate::Aspect::counts).
pub fn is_certain_answer(letter: char, is_direction: bool) -> bool {
    is_direction && ['1', 'y'].contains(&letter)
}

/// Whether it is that of a crossing, recorded or missing just before, of which the rule cannot tell yet.
pub fn is_undecided_answer(letter: char, is_direction: bool) -> bool {
    match is_direction {
        true => ['?', 'o'].contains(&letter),
        false => ['y', 'n', 'o'].contains(&letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Aspect, columns};

    /// What is counted of a letter is what tables count of the answer.
    #[test]
    fn letters_say_what_aspects_count() {
        for basis in columns::BASES {
            for answer in [None, Some(false), Some(true)] {
                for is_direction in [false, true] {
                    let letter = monthly_answer(answer, basis);
                    let case = format!("{basis} {answer:?} {is_direction}");
                    let is_undecided = Aspect::Undecided.counts(answer, basis, is_direction);
                    assert_eq!(is_undecided_answer(letter, is_direction), is_undecided, "{case}");
                    assert_eq!(
                        is_certain_answer(letter, is_direction),
                        is_direction && answer == Some(true),
                        "{case}"
                    );
                }
            }
        }
    }
}
