//! Whole numbers between two margins.

/// How many went from an area to an area; none is everywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transition {
    pub(super) from: Option<usize>,
    pub(super) to: Option<usize>,
    pub(super) value: i128,
}

/// The transitions between all areas, those who stayed among them; with `has_outside` those to and from everywhere else, of which
/// what one of the dates has more than the other has come or gone.
///
/// Their sums by area of origin are `first`, and by area of destination `last`.
pub(super) fn transitions(first: &[i128], last: &[i128], has_outside: bool) -> Vec<Transition> {
    let areas = (0..first.len()).map(Some).chain(has_outside.then_some(None));
    let areas: Vec<Option<usize>> = areas.collect();
    let more = last.iter().sum::<i128>() - first.iter().sum::<i128>();
    let change = |area: &Option<usize>| area.map_or(-more, |area| last[area] - first[area]);
    let lost: Vec<i128> = areas.iter().map(|area| (-change(area)).max(0)).collect();
    let gained: Vec<i128> = areas.iter().map(|area| change(area).max(0)).collect();
    let moved = divided_by_both(&lost, &gained);
    let mut found = Vec::with_capacity(areas.len() * areas.len());
    for (from, origin) in areas.iter().enumerate() {
        for (to, destination) in areas.iter().enumerate() {
            let value = match origin {
                _ if from != to => moved[from][to],
                Some(area) => first[*area].min(last[*area]),
                None => continue,
            };
            found.push(Transition { from: *origin, to: *destination, value });
        }
    }
    found
}

/// A table of whole numbers with these sums of rows and of columns, near to `row · column / all`: each column is divided among what is
/// left of the rows, rounded down, and what is left goes to those that lost most (of equals, to the first).
fn divided_by_both(rows: &[i128], columns: &[i128]) -> Vec<Vec<i128>> {
    let mut table = vec![vec![0; columns.len()]; rows.len()];
    let mut left = rows.to_vec();
    for (column, count) in columns.iter().copied().enumerate().filter(|(_, count)| *count > 0) {
        let all: i128 = left.iter().sum();
        if all == 0 {
            continue;
        }
        let mut parts: Vec<i128> = left.iter().map(|row| row * count / all).collect();
        let mut order: Vec<usize> = (0..left.len()).collect();
        order.sort_by_key(|row| std::cmp::Reverse(left[*row] * count % all));
        let rest = usize::try_from(count - parts.iter().sum::<i128>()).unwrap_or_default();
        order.into_iter().take(rest).for_each(|row| parts[row] += 1);
        for (row, part) in parts.into_iter().enumerate() {
            table[row][column] = part;
            left[row] -= part;
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What iterative proportional fitting comes to, of a table without movers on its diagonal.
    fn fitted(first: &[f64], last: &[f64]) -> Vec<Vec<f64>> {
        let areas = first.len();
        let stay: Vec<f64> = (0..areas).map(|area| first[area].min(last[area])).collect();
        let mut moved: Vec<Vec<f64>> = (0..areas)
            .map(|from| (0..areas).map(|to| if from == to { 0.0 } else { 1.0 }).collect())
            .collect();
        for _ in 0..500 {
            for from in 0..areas {
                let sum: f64 = moved[from].iter().sum();
                let wanted = first[from] - stay[from];
                moved[from].iter_mut().for_each(|value| *value *= if sum > 0.0 { wanted / sum } else { 0.0 });
            }
            for to in 0..areas {
                let sum: f64 = moved.iter().map(|row| row[to]).sum();
                let wanted = last[to] - stay[to];
                moved.iter_mut().for_each(|row| row[to] *= if sum > 0.0 { wanted / sum } else { 0.0 });
            }
        }
        moved
    }

    proptest! {
        /// Both margins are kept exactly, nobody is below zero, and each number is near to that of the fit.
        #[test]
        fn margins_are_kept_and_numbers_are_near(
            pairs in proptest::collection::vec((0..500_i128, 0..500_i128), 2..7),
        ) {
            let mut pairs = pairs;
            let sum = |side: fn(&(i128, i128)) -> i128, pairs: &[(i128, i128)]| pairs.iter().map(side).sum::<i128>();
            let more = sum(|pair| pair.1, &pairs) - sum(|pair| pair.0, &pairs);
            pairs[0].0 += more.max(0);
            pairs[0].1 += (-more).max(0);
            let first: Vec<i128> = pairs.iter().map(|pair| pair.0).collect();
            let last: Vec<i128> = pairs.iter().map(|pair| pair.1).collect();
            let found = transitions(&first, &last, false);
            prop_assert_eq!(found.len(), first.len() * first.len());
            prop_assert!(found.iter().all(|row| row.value >= 0));
            for area in 0..first.len() {
                let of = |is_it: &dyn Fn(&Transition) -> bool| found.iter().filter(|row| is_it(row)).map(|row| row.value).sum::<i128>();
                prop_assert_eq!(of(&|row| row.from == Some(area)), first[area]);
                prop_assert_eq!(of(&|row| row.to == Some(area)), last[area]);
            }
            let floats = |counts: &[i128]| counts.iter().map(|count| *count as f64).collect::<Vec<_>>();
            let fit = fitted(&floats(&first), &floats(&last));
            for row in found.iter().filter(|row| row.from != row.to) {
                let (Some(from), Some(to)) = (row.from, row.to) else { continue };
                prop_assert!((row.value as f64 - fit[from][to]).abs() < first.len() as f64, "{row:?} {fit:?}");
            }
        }

        /// Everybody who is more or fewer on the later date has come from outside or gone there.
        #[test]
        fn what_is_left_is_outside(first in proptest::collection::vec(0..50_i128, 3), last in proptest::collection::vec(0..50_i128, 3)) {
            let found = transitions(&first, &last, true);
            let of = |is_it: &dyn Fn(&Transition) -> bool| found.iter().filter(|row| is_it(row)).map(|row| row.value).sum::<i128>();
            let more = last.iter().sum::<i128>() - first.iter().sum::<i128>();
            prop_assert_eq!(of(&|row| row.from.is_none()) - of(&|row| row.to.is_none()), more);
            for area in 0..3 {
                prop_assert_eq!(of(&|row| row.to == Some(area)), last[area]);
                prop_assert_eq!(of(&|row| row.from == Some(area)), first[area]);
            }
        }
    }
}
