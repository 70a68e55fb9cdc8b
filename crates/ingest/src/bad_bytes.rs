//! Which bytes of a row are no text: looked up in the file when it is told, for nobody needs to know before.

use std::io::{self, Read};

use denizen_spec::RowPlace;

use crate::formats::file_format;
use crate::input::{Input, StoredFile};
use crate::stats::FilePlace;
use crate::transcode::BadBytes;

/// Bytes of a row that are looked at.
const LONGEST_ROW: u64 = 1 << 20;

impl Input {
    /// The first bytes of a row that are no text in the declared encoding, and where they stand; nothing where the file is
    /// not at hand.
    pub(crate) fn bad_bytes(&self, first: &FilePlace) -> String {
        let found = self.find_bad_bytes(first).ok().flatten();
        found.map_or_else(String::new, |(offset, bytes, expected)| {
            format!(", byte {offset}: {}, expected {expected}", BadBytes::hexadecimal(&bytes))
        })
    }

    fn find_bad_bytes(&self, first: &FilePlace) -> io::Result<Option<(u64, Vec<u8>, &'static str)>> {
        let (start, lines) = match &first.place {
            RowPlace::Line { byte, lines, .. } => (*byte, *lines),
            RowPlace::Cell { byte, .. } => (*byte, 1),
            RowPlace::Sheet { .. } | RowPlace::Record { .. } => return Ok(None),
        };
        let file = &self.files[first.file];
        let Ok(format) = file_format(self.source.form(file.form)) else { return Ok(None) };
        let decoder = format.decoder();
        let mut bytes = StoredFile::open(&file.path, file.member.as_deref(), None)?.bytes;
        io::copy(&mut (&mut bytes).take(start), &mut io::sink())?;
        let mut row = Vec::new();
        bytes.take(LONGEST_ROW).read_to_end(&mut row)?;
        let ends = memchr::memchr_iter(b'\n', &row);
        let end = ends.map(|end| end + 1).nth(usize::try_from(lines).unwrap_or(1).saturating_sub(1));
        let row = &row[..end.unwrap_or(row.len())];
        let Some((bad, length)) = decoder.first_bad(row) else { return Ok(None) };
        let found = row[bad..].iter().take(length.clamp(1, 4)).copied().collect();
        Ok(Some((start + bad as u64, found, decoder.name())))
    }
}
