//! Lines of a text that are not in another one: a longest common subsequence, whose lines are taken to be the same.

use serde::Serialize;

/// Pairs of lines that are compared at most: texts that differ in more are not told line by line.
const MOST_PAIRS: usize = 16_000_000;

/// A line that one of two texts alone has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which of them has it.
    pub change: LineChange,
    /// Its number in that text, from 1.
    pub number: usize,
    /// What it says.
    pub text: String,
}

/// Which of two texts has a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// The newer one.
    New,
    /// The older one.
    Gone,
}

/// The lines that only one of two texts has, as few as possible, in the order of the texts: of a place those that are gone come
/// first. None where the texts are too long to tell.
pub(crate) fn changed(old: &str, new: &str) -> Option<Vec<Line>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other);
    let tail = tail.count();
    let (before, after) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let is_short = before.len().saturating_mul(after.len()) <= MOST_PAIRS;
    is_short.then(|| between(before, after, head))
}

/// The same of lines that come after so many common ones.
fn between(old: &[&str], new: &[&str], head: usize) -> Vec<Line> {
    let width = new.len() + 1;
    let common = common(old, new);
    let line =
        |change, index: usize, text: &str| Line { change, number: head + index + 1, text: text.to_owned() };
    let (mut one, mut other, mut found) = (0, 0, Vec::new());
    while one < old.len() || other < new.len() {
        let is_same = one < old.len() && other < new.len() && old[one] == new[other];
        let is_gone = one < old.len()
            && (other == new.len() || common[(one + 1) * width + other] >= common[one * width + other + 1]);
        if is_same {
            (one, other) = (one + 1, other + 1);
        } else if is_gone {
            found.push(line(LineChange::Gone, one, old[one]));
            one += 1;
        } else {
            found.push(line(LineChange::New, other, new[other]));
            other += 1;
        }
    }
    found
}

/// How many lines the rests of two texts have in common, from each pair of lines on: rows of the newer text's length plus one.
fn common(old: &[&str], new: &[&str]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut common = vec![0; (old.len() + 1) * width];
    for one in (0..old.len()).rev() {
        for other in (0..new.len()).rev() {
            let place = one * width + other;
            common[place] = if old[one] == new[other] {
                common[place + width + 1] + 1
            } else {
                common[place + width].max(common[place + 1])
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As `diff` writes them: `-2 b`, `+2 x`.
    fn told(old: &str, new: &str) -> String {
        let sign = |line: &Line| if line.change == LineChange::New { '+' } else { '-' };
        let lines = changed(old, new).unwrap().into_iter();
        lines
            .map(|line| format!("{}{} {}", sign(&line), line.number, line.text))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn lines_of_two_texts() {
        let table = [
            ("", "", ""),
            ("a\nb\n", "a\nb\n", ""),
            ("a\nb\nc", "a\nx\nc", "-2 b; +2 x"),
            ("a\nc", "a\nb\nc", "+2 b"),
            ("a\nb\na\nb", "b\na", "-1 a; -4 b"),
            ("a", "", "-1 a"),
            ("", "a\na", "+1 a; +2 a"),
            ("a\r\nb", "a\nb", ""),
        ];
        for (old, new, expected) in table {
            assert_eq!(told(old, new), expected, "{old:?} {new:?}");
        }
        let long = |letter: &str| format!("{letter}\n").repeat(5000);
        assert_eq!(changed(&long("a"), &long("b")), None);
    }

    /// The obvious way: try both.
    fn fewest(old: &[&str], new: &[&str]) -> usize {
        match (old, new) {
            ([], rest) | (rest, []) => rest.len(),
            ([one, before @ ..], [other, after @ ..]) if one == other => fewest(before, after),
            ([_, before @ ..], [_, after @ ..]) => 1 + fewest(before, new).min(fewest(old, after)),
        }
    }

    proptest! {
        #[test]
        fn as_few_as_can_be_and_they_lead_from_one_to_the_other(
            old in prop::collection::vec("[abc]", 0..9),
            new in prop::collection::vec("[abc]", 0..9),
        ) {
            let found = changed(&old.join("\n"), &new.join("\n")).unwrap();
            let (old, new): (Vec<&str>, Vec<&str>) =
                (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            prop_assert_eq!(found.len(), fewest(&old, &new));
            let left = |lines: &[&str], change| -> Vec<String> {
                let is_told = |index: usize| found.iter().any(|line| line.change == change && line.number == index + 1);
                (0..lines.len()).filter(|index| !is_told(*index)).map(|index| lines[index].to_owned()).collect()
            };
            prop_assert_eq!(left(&old, LineChange::Gone), left(&new, LineChange::New));
        }
    }
}
