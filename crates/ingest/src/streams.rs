//! Which files are read one after another, and which side by side.

use std::ops::Range;
use std::path::Path;

use crate::input::InputFile;

/// Bytes of the files of a stream, as stored, at the least: what comes of a stream is worked on by itself, and small files by
/// themselves would not be worth it.
const LEAST: u64 = 1 << 23;

/// Divides files into streams, in order. Members of one archive are in one stream, for it is hashed once.
pub(crate) fn streams(files: &[InputFile]) -> Vec<Range<usize>> {
    let files: Vec<_> = files.iter().map(|file| (file.path.as_path(), file.bytes)).collect();
    divided(&files)
}

fn divided(files: &[(&Path, u64)]) -> Vec<Range<usize>> {
    let mut streams = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, (path, size)) in files.iter().enumerate() {
        bytes += size;
        let next = files.get(index + 1);
        let is_same_file = next.is_some_and(|(next, _)| next == path);
        if next.is_none() || (bytes >= LEAST && !is_same_file) {
            streams.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    streams
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_are_together_and_members_of_an_archive_too() {
        const SMALL: u64 = LEAST / 3;
        type Files = &'static [(&'static str, u64)];
        let cases: [(Files, &str); 6] = [
            (&[], ""),
            (&[("a", 0)], "a"),
            (&[("a", LEAST), ("b", LEAST)], "a | b"),
            (&[("a", SMALL), ("b", SMALL), ("c", LEAST), ("d", 1)], "a b c | d"),
            (&[("a", LEAST), ("a", LEAST), ("b", LEAST)], "a a | b"),
            (&[("a", 1), ("b", LEAST), ("b", LEAST), ("c", 1)], "a b b | c"),
        ];
        for (files, expected) in cases {
            let sizes: Vec<_> = files.iter().map(|(path, bytes)| (Path::new(*path), *bytes)).collect();
            let streams = divided(&sizes).into_iter();
            let names = |stream: Range<usize>| {
                files[stream].iter().map(|(path, _)| *path).collect::<Vec<_>>().join(" ")
            };
            assert_eq!(streams.map(names).collect::<Vec<_>>().join(" | "), expected);
        }
    }
}
