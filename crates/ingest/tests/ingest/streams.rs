//! Files that are read side by side.

use std::fs;

use denizen_ingest::open;
use denizen_spec::Code;
use sha2::{Digest, Sha256};

use crate::project::{LENIENT, Project, all, gzip, read, records};

/// A file that is large enough to be a stream of its own, of a few long rows; every fifth is at fault.
fn large(first: u64) -> String {
    let padding = "x".repeat(400_000);
    let number = |row: u64| if row.is_multiple_of(5) { "?".to_owned() } else { row.to_string() };
    let rows = (first..first + 25).map(|row| format!("{};{padding}\n", number(row)));
    format!("n;text\n{}", rows.collect::<String>())
}

fn project() -> Project {
    let project = Project::new().with("a.csv", large(0)).with("b.csv.gz", gzip(large(100).as_bytes()));
    project.with("c.csv", large(200)).with("d.csv", "n;text\n300;\n").with("e.csv", large(400))
}

#[test]
fn what_comes_out_is_what_one_thread_reads() {
    let source = records(&LENIENT.replace("in.csv", "*.csv*"), "n = { type = \"integer\" }");
    let project = project();
    let [one, four] = [1, 4].map(|threads| read(&source, project.path(), None, threads).unwrap());
    let numbers = (0..25).chain(100..125).chain(200..225).chain([300]).chain(400..425);
    let expected: Vec<String> = numbers
        .filter(|row: &u64| !row.is_multiple_of(5) || *row == 300)
        .map(|row| row.to_string())
        .collect();
    for found in [&one, &four] {
        assert_eq!(found.chunks.concat(), expected);
        assert_eq!(found.rejects.len(), 20);
    }
    assert_eq!(one, four);
    let bytes = fs::read(project.path().join("c.csv")).unwrap();
    assert_eq!(four.files[2].sha256, denizen_spec::hexadecimal(&Sha256::digest(&bytes)));
}

/// Whichever thread meets it first: of files that cannot be read the first is told, once, and those before it have been read.
#[test]
fn the_first_file_at_fault_is_told() {
    let source = records(&LENIENT.replace("in.csv", "*.csv"), "n = { type = \"integer\" }");
    for threads in [1, 4] {
        let project = Project::new().with("a.csv", large(0)).with("b.csv", large(100));
        let project = project.with("c.csv", large(200)).with("d.csv", large(300));
        let input = open(&source, project.path(), None).unwrap();
        for name in ["b.csv", "d.csv"] {
            fs::write(project.path().join(name), "m;text\n1;2\n").unwrap();
        }
        let chunks = input.chunks(None).unwrap();
        let faults = all(&chunks, threads).err().unwrap();
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].code, faults[0].to_string().contains("`b.csv`")),
            (Code::ChangedSnapshot, true)
        );
        assert_eq!((chunks.chunks_of(0).is_some(), chunks.chunks_of(1)), (true, None));
        assert!(chunks.read().unwrap().is_none());
    }
}

#[test]
fn the_first_stream_is_read_where_others_would_have_to_wait() {
    let source = records(&LENIENT.replace("in.csv", "*.csv"), "n = { type = \"integer\" }");
    let project = Project::new().with("a.csv", large(0)).with("b.csv", large(100));
    let chunks = open(&source, project.path(), None).unwrap().chunks(None).unwrap();
    let mut streams = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut read = Vec::new();
                    while let Some(raw) = chunks.read_first().unwrap() {
                        read.push(chunks.parse(raw).unwrap().number);
                    }
                    read
                })
            })
            .collect();
        streams.extend(threads.into_iter().flat_map(|thread| thread.join().unwrap()));
    });
    streams.sort();
    let lengths: Vec<u64> = (0..2).map(|stream| chunks.chunks_of(stream).unwrap()).collect();
    let expected = (0..2).flat_map(|stream| (0..lengths[stream]).map(move |index| (stream, index)));
    assert!(streams.iter().map(|number| (number.stream, number.index)).eq(expected));
    assert!(lengths.iter().all(|length| *length > 2));
}
