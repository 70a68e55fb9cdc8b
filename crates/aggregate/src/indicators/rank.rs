//! Place in descending order of the counts: 1 + the number of larger counts, so that equal counts share the better
//! place ("competition ranking"). Totals and *not stated* have no rank, and a count that is not known ranks nowhere.
//! The base is the number of codes that are ranked: the first of two is less than the first of fifty.

use crate::cell::{Count, groups};
use crate::indicators::Computed;

pub(crate) fn ranks(counts: &[Count], over: usize) -> Vec<Computed> {
    let mut ranks = Vec::new();
    for group in groups(counts, over) {
        let known = group.iter().filter(|count| count.key[over].is_detail() && count.shown.is_some());
        let ranked: Vec<&&Count> = known.collect();
        // First of one says nothing.
        for count in ranked.iter().filter(|_| ranked.len() > 1) {
            let larger = ranked.iter().filter(|other| other.shown > count.shown).count();
            ranks.push(Computed {
                key: count.key.clone(),
                concept: count.concept.clone(),
                value: Some(1.0 + larger as f64),
                base: i64::try_from(ranked.len()).ok(),
                partial: false,
            });
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Value;

    #[test]
    fn equal_counts_share_the_better_place() {
        let table = [
            ("BO", Some(5)),
            ("CO", Some(9)),
            ("EC", Some(9)),
            ("PE", Some(7)),
            ("VE", None),
            ("_T", Some(30)),
        ];
        let counts: Vec<Count> = table
            .iter()
            .map(|(code, count)| Count::new(vec![Value::Code((*code).to_owned())], "", *count))
            .collect();
        let ranks: Vec<_> =
            ranks(&counts, 0).iter().map(|rank| (rank.key[0].text(), rank.value.unwrap())).collect();
        let expected =
            [("BO", 4.0), ("CO", 1.0), ("EC", 1.0), ("PE", 3.0)].map(|(code, rank)| (code.to_owned(), rank));
        assert_eq!(ranks, expected);
    }
}
