//! Words of text columns, and their keys.

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::UInt16Type;
use denizen_ingest::{Chunk, open};

use crate::project::{LENIENT, Project, all, records, texts};

/// The chunks of a column `a`.
fn chunks(project: &Project, options: &str, threads: usize) -> Vec<Chunk> {
    let source = records(options, "a = {}");
    let input = open(&source, project.path(), None).unwrap();
    all(&input.chunks(None).unwrap(), threads).unwrap()
}

/// The dictionary of a chunk; none where it has plain texts.
fn words(chunk: &Chunk) -> Option<&StringArray> {
    Some(chunk.batch.column(0).as_dictionary_opt::<UInt16Type>()?.values().as_string())
}

#[test]
fn a_key_is_the_same_word_in_all_chunks() {
    // Short and long words, some of which come late, in several chunks; `-` is not stated.
    let word = |row: u32| match row % 5 {
        0 => "-".to_owned(),
        1 => (row % 700).to_string(),
        2 => format!("  {}\t", row % 300),
        3 => format!("somewhere else, number {}", row / 1000),
        _ => format!("{} \u{fa}", row / 20_000),
    };
    let fields: Vec<String> = (0..250_000).map(word).collect();
    let expected: Vec<&str> = fields.iter().map(|field| field.trim_ascii()).collect();
    let project = Project::new().with("in.csv", format!("a\n{}\n", fields.join("\n")));
    let source = format!("{LENIENT}\n");
    for threads in [1, 4] {
        let chunks = chunks(&project, &source, threads);
        assert!(chunks.len() > 2);
        let all_words =
            chunks.iter().map(|chunk| words(chunk).unwrap()).max_by_key(|words| words.len()).unwrap();
        for chunk in &chunks {
            let words = words(chunk).unwrap();
            assert_eq!(*words, all_words.slice(0, words.len()));
        }
        assert_eq!(all_words.len(), expected.iter().collect::<BTreeSet<_>>().len());
        let found: Vec<String> = chunks.iter().flat_map(|chunk| texts(&chunk.batch)).collect();
        assert!(found == expected);
    }
}

#[test]
fn more_words_than_keys_are_plain_texts() {
    let table = [
        // Number of words, length of each, whether all have keys.
        (1 << 16, 5, true),
        ((1 << 16) + 1, 20, false),
        (1 << 10, 1 << 15, true),
        ((1 << 10) + 1, 1 << 15, false),
    ];
    for (count, length, have_keys) in table {
        let expected: Vec<String> = (0..count).map(|word| format!("{word:0length$}")).collect();
        let project = Project::new().with("in.csv", format!("a\n{}\n", expected.join("\n")));
        for threads in [1, 4] {
            let chunks = chunks(&project, LENIENT, threads);
            assert_eq!(chunks.iter().all(|chunk| words(chunk).is_some()), have_keys, "{count} of {length}");
            let found: Vec<String> = chunks.iter().flat_map(|chunk| texts(&chunk.batch)).collect();
            assert!(found == expected);
        }
    }
}

/// Plain texts may be missing, or no text at all, as those with keys.
#[test]
fn plain_texts_are_checked_as_words_are() {
    let mut file = b"a\n9\n \xe1\t\n\n\x81\nb\n".to_vec();
    let options = format!("{LENIENT}\nencoding = \"windows-1252\"");
    let source = records(&options, "a = { missing = \"9\" }");
    let short = Project::new().with("in.csv", &file).read(&source, None).unwrap();
    (0..70_000).for_each(|word| file.extend(format!("{word:010}\n").bytes()));
    let long = Project::new().with("in.csv", &file).read(&source, None).unwrap();
    assert_eq!(short.rows(), ["-", "\u{e1}", "b"]);
    assert_eq!(long.rows()[..3], short.rows());
    assert_eq!(long.rejects(), short.rejects());
}

/// Shift JIS has some characters twice.
#[test]
fn two_spellings_in_bytes_are_one_word() {
    let project = Project::new().with("in.csv", b"a\n\xed\x40\n\xfa\x5c\n\xed\x40\n");
    let options = format!("{LENIENT}\nencoding = \"shift_jis\"");
    let chunks = chunks(&project, &options, 1);
    assert_eq!(words(&chunks[0]).unwrap(), &StringArray::from(vec!["\u{7e8a}"]));
    assert_eq!(texts(&chunks[0].batch), ["\u{7e8a}"; 3]);
}
