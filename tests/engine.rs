//! Another engine: processes that share nothing work on the records, and the release is that of one machine.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use arrow::array::RecordBatch;
use denizen::{
    Assembly, Cancel, Cluster, FinishedRelease, Job, Mapped, Parcel, Partial, Piece, Project, Reduced,
    Reducer, Run, Span, Worker,
};
use denizen_clean::{Partitions, Scratch};
use denizen_ingest::Fingerprint;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::program::root;

/// A value as another process would get it.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_slice(&serde_json::to_vec(value).unwrap()).unwrap()
}

fn project(pipeline: &str) -> Project {
    Project::open(&root().join(pipeline), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// One task of the map, on a worker of its own that knows the job and the bytes of its span.
fn map(job: &Job, span: &Span) -> Mapped {
    let worker = Worker::new(sent(job), None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut bytes = Vec::new();
    job.input().span_bytes(span).unwrap().read_to_end(&mut bytes).unwrap();
    let mapped = worker.map(Cursor::new(bytes), &sent(span));
    sent(&mapped.unwrap_or_else(|error| panic!("{error:?}")))
}

/// One task of the reduce.
fn reduce(job: &Job, pieces: &[Piece], scratch: &Path) -> Reduced {
    let worker = Worker::new(sent(job), None).unwrap_or_else(|faults| panic!("{faults:?}"));
    sent(&worker.reduce(sent(&pieces.to_vec()), 64_000_000, scratch).unwrap())
}

/// The records of a source, as an engine works on them, which divides the persons into `parts` parts. Its tasks run in an order
/// of its own, some of them twice.
fn records_of_an_engine(
    job: &Job,
    parts_of: &Path,
    span_bytes: u64,
) -> (Partial, Vec<Fingerprint>, Vec<(u32, RecordBatch)>) {
    let spans = job.input().spans(span_bytes);
    let mut mapped: BTreeMap<usize, Mapped> = BTreeMap::new();
    for (task, span) in spans.iter().enumerate().rev() {
        // The first attempt of every other task is lost.
        if task % 2 == 0 {
            drop(map(job, span));
        }
        mapped.insert(task, map(job, span));
    }
    let worker = Worker::new(sent(job), None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let mut total = worker.empty();
    let mut pieces: BTreeMap<u32, Vec<Piece>> = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for (task, Mapped { pieces: of_task, mut partial, lines: more }) in mapped {
        let before: &mut u64 = lines.entry(spans[task].file).or_default();
        partial.add_lines(*before);
        *before += more;
        total.merge(partial);
        of_task.into_iter().rev().for_each(|piece| pieces.entry(piece.part).or_default().push(piece));
    }
    let mut reduced: BTreeMap<u32, Reduced> = BTreeMap::new();
    for (part, pieces) in pieces.iter().rev() {
        drop(reduce(job, pieces, parts_of));
        reduced.insert(*part, reduce(job, pieces, parts_of));
    }
    let partials: Vec<Partial> = reduced.values().rev().map(|reduced| reduced.partial.clone()).collect();
    partials.into_iter().for_each(|partial| total.merge(partial));
    let files = 0..job.input().paths().len();
    let fingerprints: Vec<_> = files.map(|file| job.input().fingerprint(file).unwrap()).collect();
    let records = reduced
        .iter()
        .flat_map(|(part, reduced)| reduced.batches().unwrap().into_iter().map(|batch| (*part, batch)));
    (total, fingerprints, records.collect())
}

/// The release that an engine makes of the records of all sources.
pub(crate) fn release_of_an_engine(pipeline: &str, parts: u32, span_bytes: u64, out: &Path) {
    let project = project(pipeline);
    let names: Vec<String> = project.pipeline().sources.iter().map(|source| source.name.clone()).collect();
    let of = |name: &String| {
        let job = Job::new(&project, name, None, parts).unwrap();
        records_of_an_engine(&job, out, span_bytes)
    };
    let worked: Vec<_> = names.iter().map(of).collect();
    let cancel = Cancel::default();
    let run = Run { parts, ..Run::new(project, &cancel) };
    let mut assembly = Assembly::stage(run, out).unwrap();
    for (name, (total, fingerprints, records)) in names.iter().zip(worked) {
        assembly.records_of(name, total, &fingerprints, records).unwrap();
    }
    assembly.finish().unwrap();
}

/// All files under a folder with their bytes, but for the state files beside releases.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files.retain(|name, _| !name.ends_with(".state.json"));
    files
}

/// The same by rows of bytes, as a cluster carries them: tasks in an order of their own, some of them twice, parcels of several parts
/// in one reducer, and attempts that nobody takes.
pub(crate) fn release_of_a_cluster(pipeline: &str, parts: u32, range: u64, out: &Path) -> FinishedRelease {
    const PROGRAM: &str = "this";
    let cancel = Cancel::default();
    let run = Run { parts, program: Some(PROGRAM.to_owned()), ..Run::new(project(pipeline), &cancel) };
    let mut cluster = Cluster::begin(run, out, range).unwrap_or_else(|error| panic!("{error}"));
    let sources: Vec<_> = cluster.sources().map(|(name, is_divided)| (name.to_owned(), is_divided)).collect();
    for (name, is_divided) in sources {
        if !is_divided {
            cluster.read_here(&name).unwrap_or_else(|error| panic!("{error}"));
            continue;
        }
        loop {
            let (work, tasks) = cluster.work(&name).unwrap();
            let mut groups: BTreeMap<i32, Vec<Parcel>> = BTreeMap::new();
            let mut told = Vec::new();
            for task in (0..tasks).rev() {
                // The first attempt fails as soon as it has something to tell.
                assert!(denizen::map(&work, PROGRAM, None, task, &mut |_| Err(lost())).is_err());
                let mapped = denizen::map(&work, PROGRAM, None, task, &mut |parcel| {
                    match parcel.part {
                        Parcel::TOLD => told.push(parcel.bytes),
                        part => groups.entry(part % 3).or_default().push(parcel),
                    }
                    Ok(())
                });
                mapped.unwrap();
            }
            for parcels in groups.values() {
                let reduced = || -> Vec<Vec<u8>> {
                    let mut reducer = Reducer::new(&work, PROGRAM, None, 64_000_000, out).unwrap();
                    parcels.iter().rev().for_each(|parcel| reducer.add(parcel).unwrap());
                    reducer.parts().into_iter().map(|part| reducer.reduce(part).unwrap()).collect()
                };
                drop(reduced());
                told.extend(reduced());
            }
            if cluster.take(&name, &told).unwrap_or_else(|error| panic!("{error}")) {
                break;
            }
        }
    }
    cluster.finish().unwrap_or_else(|error| panic!("{error}"))
}

fn lost() -> denizen_spec::Diagnostic {
    denizen_spec::Diagnostic::error(denizen_spec::Code::Stopped, "lost")
}

fn compare(pipeline: &str, cases: &[(u32, u64)]) {
    let out = tempfile::tempdir().unwrap();
    let cancel = Cancel::default();
    for (parts, span_bytes) in cases {
        let one_machine = out.path().join(format!("one-{parts}"));
        let run = Run { parts: *parts, ..Run::new(project(pipeline), &cancel) };
        run.release(&one_machine).unwrap_or_else(|error| panic!("{error}"));
        let expected = files(&one_machine);
        assert!(expected.len() > 5);
        let same = |engine: &Path| {
            let found = files(engine);
            assert!(found.keys().eq(expected.keys()), "{:?} {:?}", found.keys(), expected.keys());
            let different = found.iter().filter(|(name, bytes)| expected[*name] != **bytes);
            let different: Vec<_> = different.map(|(name, _)| name).collect();
            assert!(different.is_empty(), "{parts} parts, spans of {span_bytes} bytes: {different:?}");
        };
        let engine = out.path().join(format!("{parts}-{span_bytes}"));
        release_of_an_engine(pipeline, *parts, *span_bytes, &engine);
        same(&engine);
        let cluster = out.path().join(format!("cluster-{parts}-{span_bytes}"));
        release_of_a_cluster(pipeline, *parts, *span_bytes, &cluster);
        same(&cluster);
    }
}

/// A gzipped file is one span; three rules, five tables, published figures.
#[test]
fn an_engine_makes_the_release_of_one_machine() {
    compare("pipelines/peru-1990-2007.toml", &[(1, 1 << 20), (7, 1 << 20)]);
}

/// A plain file with rejects, in spans of a few lines.
#[test]
fn an_engine_makes_the_release_of_one_machine_from_spans() {
    compare("tests/cases/peru-small/pipelines/crossings.toml", &[(3, 200), (1000, 64), (1, 1 << 20)]);
}

/// Steps on permits, which leave rows out and make others.
#[test]
fn an_engine_makes_the_release_of_one_machine_from_permits() {
    compare("tests/cases/residence-permits/pipelines/holders.toml", &[(3, 60), (1000, 200), (1, 1 << 20)]);
    compare("tests/cases/signs-of-life/pipelines/residents.toml", &[(3, 40)]);
    compare("tests/cases/within-permits/pipelines/visas.toml", &[(3, 40)]);
}

/// Two sources of one table, whose persons a threshold counts together.
#[test]
fn an_engine_makes_the_release_of_one_machine_from_several_sources() {
    compare("tests/cases/several-sources/pipelines/crossings.toml", &[(3, 40), (1, 1 << 20)]);
}

/// Checks of one row by itself, whose failures are listed by their lines in the whole file.
#[test]
fn an_engine_makes_the_release_of_one_machine_with_checks() {
    compare("tests/cases/checks-of-rows/pipelines/permits.toml", &[(1, 40), (3, 1 << 20)]);
}

/// A run that is refused leaves what somebody has to look at, wherever its records were worked on.
#[test]
fn an_engine_leaves_the_places_of_what_was_refused() {
    let case = root().join("tests/cases/checks-of-rows");
    let pipeline = fs::read_to_string(case.join("pipelines/permits.toml")).unwrap();
    let cases = [
        ("name = \"order\"", "name = \"order\"\nfail = 0.0", "checks"),
        ("max_rejected = 0.2", "max_rejected = 0.0", "rejects"),
    ];
    for (lenient, strict, kept) in cases {
        let folder = tempfile::tempdir().unwrap();
        let [data, pipelines, out] = ["data/raw", "pipelines", "out"].map(|name| folder.path().join(name));
        [&data, &pipelines, &out].into_iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
        fs::copy(case.join("data/raw/permits.csv"), data.join("permits.csv")).unwrap();
        fs::write(pipelines.join("p.toml"), pipeline.replace(lenient, strict)).unwrap();
        let project = Project::open(&pipelines.join("p.toml"), &[]).unwrap();
        let job = Job::new(&project, "permits", None, 2).unwrap();
        let (partial, fingerprints, records) = records_of_an_engine(&job, &out, 40);
        let cancel = Cancel::default();
        let mut assembly = Assembly::stage(Run { parts: 2, ..Run::new(project, &cancel) }, &out).unwrap();
        let faults = assembly.records_of("permits", partial, &fingerprints, records).unwrap_err();
        let mut notes = faults.iter().flat_map(|fault| &fault.notes);
        assert!(notes.any(|note| note.starts_with("each place stands in")), "{faults:?}");
        assert!(out.join(format!("p/.1.{kept}.parquet")).exists(), "{kept}");
    }
}

/// Rows with weights, among which totals are looked for.
#[test]
fn an_engine_makes_the_release_of_one_machine_from_weights() {
    compare("tests/cases/weights/pipelines/visas.toml", &[(1, 64), (3, 1 << 20)]);
}

#[test]
fn a_worker_of_another_run_refuses() {
    let project = project("pipelines/peru-1990-2007.toml");
    let source = project.pipeline().sources[0].name.clone();
    let job = Job::new(&project, &source, None, 1).unwrap();
    let mut text = serde_json::to_value(&job).unwrap();
    text["version"] = "0.0.1".into();
    let faults = Worker::new(serde_json::from_value(text).unwrap(), None).err().unwrap();
    assert_eq!(faults[0].code.id(), "run::other-worker");
    let key = denizen::Key::from_hex(&"ab".repeat(32)).unwrap();
    let keyed = Job::new(&project, &source, Some(&key), 1).unwrap();
    assert_eq!(Worker::new(keyed, None).err().unwrap()[0].code.id(), "run::other-worker");
    assert!(Job::new(&project, "nobody", None, 1).is_err());
}

/// Columns that no step changes are those that came in, not copies of them.
#[test]
fn a_stage_copies_no_column_that_it_does_not_change() {
    let pipeline = fs::read_to_string(root().join("crates/bench/benches/crossings.toml")).unwrap();
    let pipeline = denizen_spec::parse(&pipeline).unwrap();
    let source = &pipeline.sources[0];
    let sample = root().join("data/raw/peru/crossings-synthetic-0.01-1990.csv.gz");
    let files = [sample.to_string_lossy().into_owned()];
    let input = denizen_ingest::open(source, &root(), Some(&files)).unwrap();
    let plan = denizen_clean::Plan::new(&pipeline, source, input.codelists()).unwrap();
    let chunks = input.chunks(None).unwrap();
    let buffers = |batch: &RecordBatch, column: usize| {
        let data = batch.column(column).to_data();
        data.buffers().iter().map(|buffer| buffer.as_ptr()).collect::<Vec<_>>()
    };
    let all = |batch: &RecordBatch, columns: usize| {
        (0..columns).map(|column| buffers(batch, column)).collect::<Vec<_>>()
    };
    let folder = tempfile::tempdir().unwrap();
    let partitions = Partitions::new(plan.by().cloned(), u64::MAX, Scratch::new(folder.path(), false));
    let mut reports = plan.empty_reports();
    while let Some(raw) = chunks.read().unwrap() {
        let chunk = chunks.parse(raw).unwrap();
        let columns = chunk.batch.num_columns();
        let before = all(&chunk.batch, columns);
        let batch = plan.rows(chunk.batch, &mut reports).unwrap();
        assert_eq!(all(&batch, columns), before);
        partitions.add(chunk.number, &batch).unwrap();
    }
    let histories = partitions.into_histories().unwrap();
    let batch = histories.get(0).unwrap();
    let columns = batch.num_columns();
    let before = all(&batch, columns);
    let batch = plan.persons(batch, &mut reports).unwrap();
    assert!(batch.num_columns() > columns);
    assert_eq!(all(&batch, columns), before);
}

/// Rows are divided by person before any worker has all of them: then nobody can find out who the persons are.
#[test]
fn what_needs_all_rows_is_refused() {
    let linked = project("tests/cases/link/pipelines/link.toml");
    let fault = Job::new(&linked, "crossings", None, 2).err().unwrap();
    assert_eq!(fault.code, denizen_spec::Code::AllRecords);
    assert_eq!(fault.message, "`link` must see all rows of `crossings`");
    // So do checks that compare rows, and those of rows that have left their files.
    let project = project("tests/cases/checks/pipelines/checks.toml");
    let fault = Job::new(&project, "permits", None, 2).err().unwrap();
    assert_eq!(fault.message, "the check `once` must see all rows of `permits`");
    assert!(Job::new(&project, "balance", None, 2).is_ok());
}
