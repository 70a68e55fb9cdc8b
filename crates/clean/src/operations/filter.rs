//! `filter`: keeps the records whose columns hold one of the listed codes.
//!
//! A record of which the column is not stated is excluded: nobody said that it belongs to those kept.

use std::collections::HashSet;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use denizen_spec::Spanned;

use crate::batch::{self, Result};

pub(crate) struct Filter {
    keep: Vec<(String, HashSet<String>)>,
}

impl Filter {
    pub(crate) fn new(keep: &[(Spanned<String>, Vec<Spanned<String>>)]) -> Self {
        let codes = |codes: &[Spanned<String>]| codes.iter().map(|code| code.get_ref().clone()).collect();
        Self { keep: keep.iter().map(|(column, kept)| (column.get_ref().clone(), codes(kept))).collect() }
    }

    pub(crate) fn apply(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let mut stays = vec![true; batch.num_rows()];
        for (column, codes) in &self.keep {
            let kept = batch::words(&batch, column)?.map(|code| codes.contains(code));
            stays.iter_mut().zip(kept).for_each(|(stay, kept)| *stay &= kept == Some(true));
        }
        filter_record_batch(&batch, &BooleanArray::from(stays))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    #[test]
    fn keeps_what_is_listed() {
        let records = |kind: &str| {
            batch(&format!("citizenship:{kind} sex:{kind}"), "PE F | CL F | - F | PE M | PE - | PE X")
        };
        let text = |text: &str| Spanned::new(0..0, text.to_owned());
        let filter = Filter::new(&[
            (text("citizenship"), vec![text("PE")]),
            (text("sex"), vec![text("F"), text("X")]),
        ]);
        for kind in ["word", "text"] {
            assert_eq!(rows(&filter.apply(records(kind)).unwrap()), "PE F | PE X", "{kind}");
        }
    }
}
