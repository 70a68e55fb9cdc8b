//! `filter`: keeps the records whose columns hold one of the listed codes.
//!
//! A record of which the column is not stated is excluded: nobody said that it belongs to those kept.

use std::collections::HashSet;

use denizen_spec::Spanned;
use polars::prelude::*;

pub(crate) struct Filter {
    keep: Vec<(String, HashSet<String>)>,
}

impl Filter {
    pub(crate) fn new(keep: &[(Spanned<String>, Vec<Spanned<String>>)]) -> Self {
        let codes = |codes: &[Spanned<String>]| codes.iter().map(|code| code.get_ref().clone()).collect();
        Self { keep: keep.iter().map(|(column, kept)| (column.get_ref().clone(), codes(kept))).collect() }
    }

    pub(crate) fn apply(&self, frame: DataFrame) -> PolarsResult<DataFrame> {
        let mut stays = vec![true; frame.height()];
        for (column, codes) in &self.keep {
            for (stay, code) in stays.iter_mut().zip(frame.column(column)?.str()?.iter()) {
                *stay &= code.is_some_and(|code| codes.contains(code));
            }
        }
        frame.filter(&BooleanChunked::from_slice("stays".into(), &stays))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_listed() {
        let frame =
            df!("citizenship" => [Some("PE"), Some("CL"), None, Some("PE")], "sex" => ["F", "F", "F", "M"]);
        let text = |text: &str| Spanned::new(0..0, text.to_owned());
        let filter = Filter::new(&[
            (text("citizenship"), vec![text("PE")]),
            (text("sex"), vec![text("F"), text("X")]),
        ]);
        let kept = filter.apply(frame.unwrap()).unwrap();
        assert_eq!(kept, df!("citizenship" => ["PE"], "sex" => ["F"]).unwrap());
    }
}
