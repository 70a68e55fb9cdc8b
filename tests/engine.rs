//! The stages without the program, as another engine would call them: record batches in, record batches out.

use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use denizen_aggregate::{Counts, Tabulation};
use denizen_clean::{Partitions, Plan, Scratch, StepReport};
use denizen_ingest::{Chunk, codelist, open};
use denizen_spec::{Operation, Pipeline, Source, parse};

use crate::program::root;

const SAMPLE: &str = "data/raw/peru/crossings-synthetic-0.01-1990.csv.gz";

/// A pipeline, its only source made ready, and its input.
struct Stages {
    pipeline: Pipeline,
    plan: Plan,
    chunks: Vec<Chunk>,
}

fn stages(path: &str) -> Stages {
    let pipeline = parse(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap();
    let source = &pipeline.sources[0];
    let sample = root().join(SAMPLE).to_string_lossy().into_owned();
    let input = open(source, &root(), Some(&[sample])).unwrap_or_else(|faults| panic!("{faults:?}"));
    let targets = pipeline.clean.iter().filter_map(|step| match &step.operation {
        Operation::Recode { to, .. } => Some(codelist(&root(), to).unwrap()),
        _ => None,
    });
    let lists: Vec<_> = input.codelists().iter().cloned().chain(targets).collect();
    let plan = Plan::new(&pipeline, source, &lists).unwrap_or_else(|faults| panic!("{faults:?}"));
    let reader = input.chunks(None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut chunks = Vec::new();
    while let Some(read) = reader.read().unwrap() {
        chunks.push(reader.parse(read).unwrap());
    }
    Stages { pipeline, plan, chunks }
}

impl Stages {
    fn source(&self) -> &Source {
        &self.pipeline.sources[0]
    }

    /// What a worker makes of some rows of all chunks, sharing nothing with the others.
    fn work(&self, share: &[(u64, RecordBatch)], scratch: &Path) -> (Vec<StepReport>, Vec<Tabulation>) {
        let partitions = Partitions::new(self.plan.person_columns(), u64::MAX, Scratch::new(scratch, false));
        let mut reports = self.plan.empty_reports();
        for (number, batch) in share {
            let (batch, of_batch) = self.plan.rows(batch.clone()).unwrap();
            self.plan.add_rows(&mut reports, &of_batch);
            partitions.add(*number, &batch).unwrap();
        }
        let tables = self.pipeline.tables_of(self.source());
        let mut counts: Vec<_> = tables.map(|table| Tabulation::new(table, &self.pipeline)).collect();
        let histories = partitions.into_histories().unwrap();
        for unit in 0..histories.units() {
            let (batch, of_unit) = self.plan.persons(histories.get(unit).unwrap()).unwrap();
            self.plan.add_persons(&mut reports, &of_unit);
            counts.iter_mut().for_each(|counts| counts.add(&batch).unwrap());
        }
        (reports, counts)
    }

    /// The sums over so many workers, each of which gets the persons with one remainder of their pseudonyms.
    fn spread(&self, workers: u8) -> (Vec<StepReport>, Vec<Counts>) {
        let folder = tempfile::tempdir().unwrap();
        let mut sums: Option<(Vec<StepReport>, Vec<Tabulation>)> = None;
        for worker in 0..workers {
            let of_worker = |chunk: &Chunk| (chunk.number, share(&chunk.batch, worker, workers));
            let shares: Vec<_> = self.chunks.iter().map(of_worker).collect();
            let (reports, counts) = self.work(&shares, folder.path());
            match &mut sums {
                None => sums = Some((reports, counts)),
                Some((all, sum)) => {
                    // These are reports of all steps, and are added from the first on.
                    self.plan.add_rows(all, &reports);
                    sum.iter_mut().zip(counts).for_each(|(sum, counts)| sum.merge(counts));
                }
            }
        }
        let (reports, counts) = sums.unwrap();
        (reports, counts.into_iter().map(|counts| counts.finish().unwrap()).collect())
    }
}

/// The shuffle: rows of the persons of one worker. Rows of nobody go to the first.
fn share(batch: &RecordBatch, worker: u8, workers: u8) -> RecordBatch {
    let persons = batch.column_by_name("person").unwrap().as_fixed_size_binary();
    let is_his = |row: usize| {
        let remainder = if persons.is_null(row) { 0 } else { persons.value(row)[8] % workers };
        remainder == worker
    };
    let his: BooleanArray = (0..batch.num_rows()).map(|row| Some(is_his(row))).collect();
    filter_record_batch(batch, &his).unwrap()
}

#[test]
fn workers_that_share_nothing_give_what_one_gives() {
    let stages = stages("pipelines/peru-1990-2007.toml");
    let one = stages.spread(1);
    assert!(one.1.iter().all(|counts| counts.sum().unwrap() > 10_000));
    assert_eq!(stages.spread(3), one);
}

/// Columns that no step changes are those that came in, not copies of them.
#[test]
fn a_stage_copies_no_column_that_it_does_not_change() {
    let Stages { plan, chunks, .. } = stages("crates/bench/benches/crossings.toml");
    let place = |batch: &RecordBatch, column: usize| {
        let data = batch.column(column).to_data();
        data.buffers().iter().map(|buffer| buffer.as_ptr()).collect::<Vec<_>>()
    };
    let places = |batch: &RecordBatch, columns: usize| {
        (0..columns).map(|column| place(batch, column)).collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().unwrap();
    let partitions = Partitions::new(plan.person_columns(), u64::MAX, Scratch::new(folder.path(), false));
    for chunk in chunks {
        let (columns, before) = (chunk.batch.num_columns(), places(&chunk.batch, chunk.batch.num_columns()));
        let (batch, _) = plan.rows(chunk.batch).unwrap();
        assert_eq!(places(&batch, columns), before);
        partitions.add(chunk.number, &batch).unwrap();
    }
    let histories = partitions.into_histories().unwrap();
    let batch = histories.get(0).unwrap();
    let (columns, before) = (batch.num_columns(), places(&batch, batch.num_columns()));
    let (batch, _) = plan.persons(batch).unwrap();
    assert!(batch.num_columns() > columns);
    assert_eq!(places(&batch, columns), before);
}
