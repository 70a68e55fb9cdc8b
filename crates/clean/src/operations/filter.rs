//! `filter`: keeps the records whose columns hold one of the listed codes.
//!
//! A record of which the column is not stated is excluded: nobody said that it belongs to those kept.

use std::collections::HashSet;

use arrow::array::RecordBatch;
use denizen_spec::StepReport;

use crate::batch;
use crate::operation::{Failure, Operation};

pub(crate) struct Filter {
    keep: Vec<(String, HashSet<String>)>,
}

impl Filter {
    pub(crate) fn new(declared: &denizen_spec::Filter) -> Self {
        let codes = |codes: &[String]| codes.iter().cloned().collect();
        Self { keep: declared.keep.iter().map(|(column, kept)| (column.clone(), codes(kept))).collect() }
    }
}

impl Operation for Filter {
    fn name(&self) -> String {
        "filter".to_owned()
    }

    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure> {
        let mut stays = vec![true; batch.num_rows()];
        for (column, codes) in &self.keep {
            let kept = batch::words(&batch, column)?.map(|code| codes.contains(code));
            stays.iter_mut().zip(kept).for_each(|(stay, kept)| *stay &= kept == Some(true));
        }
        Ok(batch::keep(&batch, stays, report)?)
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
        let keep = [("citizenship", vec!["PE"]), ("sex", vec!["F", "X"])]
            .map(|(column, codes)| (column.to_owned(), codes.into_iter().map(str::to_owned).collect()));
        let filter = Filter::new(&denizen_spec::Filter { keep: keep.into() });
        for kind in ["word", "text"] {
            let mut report = StepReport::new("filter");
            assert_eq!(rows(&filter.apply(records(kind), &mut report).unwrap()), "PE F | PE X", "{kind}");
            assert_eq!(report.excluded, 4);
        }
    }
}
