//! `deduplicate`: drops a record that repeats the one before it of the same person in all `keys`.
//!
//! Only neighbours in the history of one person are compared. Records without a person are never dropped: coarse
//! fields agree by chance, and dropping would lose people.

use arrow::array::{Array, RecordBatch};
use arrow::compute::kernels::cmp::eq;
use denizen_spec::StepReport;

use crate::batch;
use crate::operation::{Failure, Operation};

pub(crate) struct Deduplicate {
    /// The columns that must agree, that of the person among them.
    columns: Vec<String>,
}

impl Deduplicate {
    pub(crate) fn new(declared: &denizen_spec::Deduplicate) -> Self {
        Self { columns: declared.keys.iter().chain([&declared.person]).cloned().collect() }
    }
}

impl Operation for Deduplicate {
    fn name(&self) -> String {
        "deduplicate".to_owned()
    }

    fn apply(&self, batch: RecordBatch, report: &mut StepReport) -> Result<RecordBatch, Failure> {
        let Some(pairs) = batch.num_rows().checked_sub(1) else { return Ok(batch) };
        let mut repeats = vec![true; batch.num_rows()];
        repeats[0] = false;
        for column in &self.columns {
            let column = batch::column(&batch, column)?;
            // What is not stated equals nothing.
            let same = eq(&column.slice(1, pairs), &column.slice(0, pairs))?;
            let same = same.iter().map(|same| same == Some(true));
            repeats[1..].iter_mut().zip(same).for_each(|(repeats, same)| *repeats &= same);
        }
        let stays: Vec<bool> = repeats.iter().map(|repeats| !repeats).collect();
        Ok(batch::keep(&batch, stays, report)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_batch::{batch, rows};

    #[test]
    fn only_neighbours_of_one_person_are_repetitions() {
        let records = batch(
            "person day direction row",
            "- 1 E 0 | - 1 E 1 | a 1 S 2 | a 1 S 3 | a 1 E 4 | a 1 S 5 | b 1 S 6",
        );
        let columns = ["day", "direction", "person"].map(str::to_owned).into();
        let mut report = StepReport::new("deduplicate");
        let kept = Deduplicate { columns }.apply(records, &mut report).unwrap();
        assert_eq!(report.excluded, 1);
        assert_eq!(rows(&kept.project(&[3]).unwrap()), "0 | 1 | 2 | 4 | 5 | 6");
    }
}
