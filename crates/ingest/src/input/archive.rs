//! ZIP archives: which of their members are read, and the bytes of one.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use denizen_spec::{Code, Diagnostic, Path as Setting, Source};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use glob::Pattern;
use memchr::memmem;
use zip::{CompressionMethod, ZipArchive};

use super::unpacked::Unpacked;
use super::{open_file, unreadable};

/// Members of an archive at the most.
const MOST_MEMBERS: usize = 100_000;

/// Bytes of the beginning in which the first part of a workbook is named.
const HEAD: u64 = 1 << 12;

/// Members that a message names.
const SHOWN: usize = 12;

/// The members of an archive that a source reads, in the order of their names; nothing of a file that is none. A workbook is
/// stored as an archive and is none.
pub(super) fn members(path: &Path, file: &str, source: &Source) -> Result<Option<Vec<String>>, Diagnostic> {
    let files = files_of_archive(path, file)?;
    files.map(|files| choose(files, file, source)).transpose()
}

/// The files in an archive, in the order of their names; nothing of a file that is none, such as a workbook.
pub(crate) fn files_of_archive(path: &Path, file: &str) -> Result<Option<Vec<String>>, Diagnostic> {
    let mut stored = open_file(path).map_err(|error| unreadable(file, &error))?;
    let mut first = [0; 4];
    let is_archive = stored.read_exact(&mut first).is_ok() && first == *b"PK\x03\x04";
    if !is_archive {
        return Ok(None);
    }
    let mut head = first.to_vec();
    let read = stored.by_ref().take(HEAD).read_to_end(&mut head);
    read.and_then(|_| stored.rewind()).map_err(|error| unreadable(file, &error))?;
    let archive = ZipArchive::new(BufReader::new(stored));
    if archive.is_err()
        && [&b"[Content_Types].xml"[..], b"mimetype"].iter().any(|part| memmem::find(&head, part).is_some())
    {
        // A damaged workbook: its format says so.
        return Ok(None);
    }
    let fault = |error| unreadable(file, &io::Error::other(error));
    let archive = archive.map_err(fault)?;
    let names = archive.file_names().map(|name| name.map(|name| name.into_owned()));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(fault)?;
    if is_workbook(&names) {
        return Ok(None);
    }
    if names.len() > MOST_MEMBERS {
        let message = format!("`{file}` has {} members", names.len());
        return Err(Diagnostic::error(Code::Limit, message).in_file(file, None));
    }
    let mut files: Vec<String> = names.into_iter().filter(|name| is_file(name)).collect();
    files.sort_unstable();
    Ok(Some(files))
}

fn is_workbook(names: &[String]) -> bool {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    has("[Content_Types].xml") || (has("mimetype") && has("content.xml")) || has("xl/workbook.xml")
}

/// Folders, and what systems add for themselves, are no files.
fn is_file(name: &str) -> bool {
    !name.ends_with('/') && !name.starts_with("__MACOSX/") && !name.ends_with(".DS_Store")
}

fn choose(files: Vec<String>, file: &str, source: &Source) -> Result<Vec<String>, Diagnostic> {
    let setting = Setting::source(&source.name).field("member");
    let fault = |message: String| {
        let shown = |name: &String| format!("`{}`", crate::visible::visible(name));
        let mut names = files.iter().take(SHOWN).map(shown).collect::<Vec<_>>().join(", ");
        if files.len() > SHOWN {
            names += &format!(" and {} more", files.len() - SHOWN);
        }
        let names = if names.is_empty() { "it is empty".to_owned() } else { format!("it has {names}") };
        Diagnostic::error(Code::ArchiveMember, message).in_file(file, None).note(names)
    };
    let chosen: Vec<String> = match &source.member {
        None if files.len() == 1 => files.clone(),
        None if files.is_empty() => return Err(fault(format!("`{file}` has no file in it"))),
        None => {
            let error = fault(format!("`{file}` has {} files: which are to be read?", files.len()));
            return Err(error.help("write `member = \"NAME\"`, or a pattern such as `member = \"*.csv\"`"));
        }
        Some(wanted) => {
            let pattern = Pattern::new(wanted).ok();
            let is_wanted = |name: &&String| {
                *name == wanted || pattern.as_ref().is_some_and(|pattern| pattern.matches(name))
            };
            let exact: Vec<String> = files.iter().filter(|name| *name == wanted).cloned().collect();
            let chosen: Vec<String> =
                if exact.is_empty() { files.iter().filter(is_wanted).cloned().collect() } else { exact };
            if chosen.is_empty() {
                let error = fault(format!("`{file}` has no member `{wanted}`"));
                return Err(error.at(setting, "no member of this archive is called so"));
            }
            chosen
        }
    };
    match chosen.iter().find(|name| leads_out(name)) {
        Some(name) => {
            let message = format!("`{file}` has a member `{}`", crate::visible::visible(name));
            let error = Diagnostic::error(Code::ArchiveMember, message).in_file(file, None);
            Err(error.note("a name that leads out of its archive").help("pack the file anew"))
        }
        None => Ok(chosen),
    }
}

/// Whether a name is one of a file elsewhere. Nothing is written under it, but honest archives have none.
fn leads_out(name: &str) -> bool {
    name.starts_with(['/', '\\'])
        || name.contains(char::is_control)
        || name.split(['/', '\\']).any(|part| part == "..")
}

/// The unpacked bytes of a member, with their length and checksum compared at the end.
pub(super) struct Member {
    bytes: Box<dyn Read + Send>,
    crc: Crc,
    expected: (u64, u32),
    read: u64,
}

impl Member {
    pub(super) fn open(path: &Path, name: &str) -> io::Result<Self> {
        let mut archive = ZipArchive::new(BufReader::new(open_file(path)?)).map_err(io::Error::other)?;
        let index =
            archive.index_for_name(name).ok_or_else(|| io::Error::other("the archive has changed"))?;
        let member = archive.by_index_raw(index).map_err(io::Error::other)?;
        if member.encrypted() {
            return Err(io::Error::other("it is encrypted: unpack it with its password first"));
        }
        let start = member.data_start().ok_or_else(|| io::Error::other("the archive is damaged"))?;
        let (stored, expected) = (member.compressed_size(), (member.size(), member.crc32()));
        let mut file: File = open_file(path)?;
        file.seek(SeekFrom::Start(start))?;
        let packed = BufReader::new(file.take(stored));
        let bytes: Box<dyn Read + Send> = match member.compression() {
            CompressionMethod::Stored => Box::new(packed),
            CompressionMethod::Deflated => Box::new(Unpacked::new(DeflateDecoder::new(packed), stored)),
            other => {
                let message = format!("it is packed by {other}, which is not read: unpack it first");
                return Err(io::Error::other(message));
            }
        };
        Ok(Self { bytes, crc: Crc::new(), expected, read: 0 })
    }
}

impl Read for Member {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.crc.update(&buffer[..count]);
        self.read += count as u64;
        if count == 0 && !buffer.is_empty() && (self.read, self.crc.sum()) != self.expected {
            return Err(io::Error::other("its checksum is another: the archive is damaged"));
        }
        Ok(count)
    }
}
