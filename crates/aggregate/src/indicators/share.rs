//! Share of a part in its total, in percent: 100 · n / base.
//!
//! The base is the published total where there is one, else the sum of the stated parts as they are shown. What is not
//! stated is in neither: it has no share, and the base says how many the shares are of. Without any total the share is
//! absent.

use crate::cell::{Count, groups};
use crate::indicators::Computed;

pub(crate) fn shares(counts: &[Count], over: usize) -> Vec<Computed> {
    let mut shares = Vec::new();
    for group in groups(counts, over) {
        let Some(base) = base(&group, over).filter(|base| *base > 0) else {
            continue;
        };
        let has_total = group.iter().any(|count| count.key[over].is_total());
        let parts = group.iter().filter(|count| count.key[over].is_detail());
        for part in parts.filter(|part| part.shown.is_some() || part.suppressed) {
            shares.push(Computed {
                key: part.key.clone(),
                concept: part.concept.clone(),
                value: part.shown.map(|count| 100.0 * count as f64 / base as f64),
                base: Some(base),
                partial: !has_total && group.iter().any(|count| count.suppressed),
            });
        }
    }
    shares
}

/// The published total of a group, or the sum of its parts when nobody published one.
fn base(group: &[&Count], over: usize) -> Option<i64> {
    match group.iter().find(|count| count.key[over].is_total()) {
        Some(total) => total.shown,
        // Parts of a published table that gives no total may be a selection: their sum would be no total.
        None if group.iter().any(|count| count.from_publication) => None,
        None => Some(
            group.iter().filter(|count| count.key[over].is_detail()).filter_map(|count| count.shown).sum(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Value;

    fn counts(table: &[(&str, i64)]) -> Vec<Count> {
        let key = |code: &str| match code {
            "_U" => Value::NotStated,
            code => Value::Code(code.to_owned()),
        };
        table.iter().map(|(code, count)| Count::new(vec![key(code)], "c", Some(*count))).collect()
    }

    #[test]
    fn shares_are_of_what_is_stated() {
        let found = shares(&counts(&[("AR", 30), ("IT", 10), ("_U", 99)]), 0);
        let found: Vec<_> =
            found.iter().map(|share| (share.key[0].text(), share.value, share.base)).collect();
        assert_eq!(found, [("AR".to_owned(), Some(75.0), Some(40)), ("IT".to_owned(), Some(25.0), Some(40))]);
    }

    #[test]
    fn a_published_total_is_the_base_even_when_parts_are_missing() {
        let found = shares(&counts(&[("PE", 25), ("_T", 100)]), 0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].value, found[0].base), (Some(25.0), Some(100)));
    }

    #[test]
    fn a_selection_without_a_total_has_no_shares() {
        let mut selection = counts(&[("PE", 25), ("EC", 20)]);
        selection.iter_mut().for_each(|count| count.from_publication = true);
        assert_eq!(shares(&selection, 0), []);
    }

    /// What is suppressed cannot be had from a base: the base is the sum of what is shown, and no share exceeds 100.
    #[test]
    fn a_base_gives_nothing_away() {
        let mut protected = counts(&[("AR", 4), ("IT", 3), ("US", 8)]);
        crate::protect(&mut protected, Some(&denizen_spec::Disclosure { threshold: 3, rounding_base: 5 }));
        let found: Vec<_> = shares(&protected, 0).iter().map(|share| (share.value, share.base)).collect();
        let third = 100.0 / 3.0;
        assert_eq!(found, [(Some(third), Some(15)), (None, Some(15)), (Some(200.0 / 3.0), Some(15))]);
    }

    #[test]
    fn nothing_to_divide_by() {
        assert_eq!(shares(&counts(&[("PE", 0)]), 0), []);
    }
}
