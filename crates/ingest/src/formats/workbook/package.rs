//! Looks at a workbook before a reader does: which kind it is, and whether it unpacks to more than can be held or read.
//!
//! The readers hold texts, styles and each piece of markup in memory, whatever their size; a few kilobytes can unpack to
//! gigabytes.

use std::io::{Cursor, Read};

use denizen_spec::{Code, Diagnostic};
use memchr::memmem;
use zip::ZipArchive;

use crate::formats::foreign::{damaged, too_large};
use crate::formats::signature::recognise;

/// What a workbook is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

/// What is known of a workbook before it is read.
#[derive(Debug, PartialEq)]
pub(super) struct Package {
    pub(super) kind: Kind,
    /// Whether any sheet has merged cells, as far as the kind tells.
    pub(super) has_merged: bool,
    /// Rows that are hidden, on all sheets; not known of all kinds.
    pub(super) hidden_rows: u64,
}

/// Members that a workbook has at the most.
const MOST_MEMBERS: usize = 20_000;

/// Bytes of a member that the readers hold in memory: texts that cells share, styles, a sheet of an ODS file.
const MOST_HELD: u64 = 128 << 20;

/// Bytes of a sheet that is read as a stream: a million rows of a hundred columns take so many.
const MOST_OF_SHEET: u64 = 16 << 30;

/// A sheet that unpacks to so many times its size holds nothing but repetition…
const MOST_RATIO: u64 = 200;

/// … where it is larger than this.
const LARGE: u64 = 32 << 20;

/// Bytes from one tag to the next: a cell has 32,767 characters at the most.
const LONGEST_PIECE: u64 = 1 << 20;

/// Tells what a workbook is, and refuses one that cannot be read in bounded memory.
pub(super) fn examine(file: &str, bytes: &[u8]) -> Result<Package, Diagnostic> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        if memmem::find(bytes, ENCRYPTED).is_some() {
            return Err(protected(file));
        }
        return Ok(Package { kind: Kind::Xls, has_merged: true, hidden_rows: 0 });
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(no_workbook(file, bytes));
    }
    let archive = ZipArchive::new(Cursor::new(bytes));
    let mut archive = archive.map_err(|error| damaged(file, &error.to_string()))?;
    if archive.len() > MOST_MEMBERS {
        return Err(too_large(file, &format!("it has {} parts", archive.len())));
    }
    let kind = kind(&mut archive).ok_or_else(|| no_workbook(file, bytes))?;
    let mut package = Package { kind, has_merged: false, hidden_rows: 0 };
    let mut held = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| damaged(file, &error.to_string()))?;
        let name = part.name().map_err(|error| damaged(file, &error.to_string()))?.into_owned();
        let role = Role::of(&name, kind);
        let stored = part.compressed_size();
        let most = match role {
            Role::Ignored => continue,
            Role::Held => MOST_HELD.saturating_sub(held),
            Role::Sheet => MOST_OF_SHEET,
        };
        let found = Scan::new(file, &name, most, stored).run(part)?;
        package.has_merged |= found.has_merged;
        package.hidden_rows += found.hidden_rows;
        held += if role == Role::Held { found.bytes } else { 0 };
    }
    Ok(package)
}

/// The part that a workbook with a password has in place of its own: `EncryptedPackage`, in UTF-16.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// A workbook that nobody reads without its password.
pub(super) fn protected(file: &str) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("`{file}` is protected by a password"))
        .in_file(file, None)
        .help("open it in a spreadsheet program, and save it without a password")
}

fn no_workbook(file: &str, bytes: &[u8]) -> Diagnostic {
    let found = recognise(bytes);
    let what = found.map_or("no workbook".to_owned(), |found| format!("{}, not a workbook", found.what));
    let error = Diagnostic::error(Code::OtherFormat, format!("`{file}` is {what}")).in_file(file, None);
    match found {
        Some(found) => error.help(found.help),
        None => error.help("where it is text, write `format = \"csv\"` and its `delimiter`"),
    }
}

fn kind(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<Kind> {
    let is_there = |name: &str| archive.file_names().flatten().any(|other| other == name);
    if is_there("content.xml") && (is_there("mimetype") || is_there("META-INF/manifest.xml")) {
        return Some(Kind::Ods);
    }
    let mut types = String::new();
    let part = archive.by_name("[Content_Types].xml").ok()?;
    part.take(1 << 20).read_to_string(&mut types).ok()?;
    let kinds = [("sheet.binary", Kind::Xlsb), ("spreadsheetml", Kind::Xlsx), ("ms-excel", Kind::Xlsx)];
    kinds.iter().find(|(mark, _)| types.contains(mark)).map(|(_, kind)| *kind)
}

/// What becomes of a part.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// Pictures and the like are not read.
    Ignored,
    /// It is held in memory.
    Held,
    /// It is read as a stream.
    Sheet,
}

impl Role {
    fn of(name: &str, kind: Kind) -> Self {
        let is_markup = [".xml", ".rels", ".bin"].iter().any(|end| name.to_lowercase().ends_with(end));
        match kind {
            _ if !is_markup => Self::Ignored,
            Kind::Xlsx | Kind::Xlsb if name.contains("worksheets/") && !name.contains("_rels/") => {
                Self::Sheet
            }
            // Copies of whole tables, which nobody asks for.
            Kind::Xlsx | Kind::Xlsb if name.contains("pivotCache/") || name.contains("vbaProject") => {
                Self::Ignored
            }
            Kind::Xlsx | Kind::Xlsb | Kind::Ods | Kind::Xls => Self::Held,
        }
    }
}

/// Reads a part once, to know how large it is.
struct Scan<'a> {
    file: &'a str,
    part: &'a str,
    most: u64,
    stored: u64,
    bytes: u64,
    /// Bytes since the last tag.
    piece: u64,
    is_markup: bool,
    has_merged: bool,
    hidden_rows: u64,
}

/// Bytes that are looked at once more with those that follow: a tag may go on there.
const OVERLAP: usize = 512;

impl<'a> Scan<'a> {
    fn new(file: &'a str, part: &'a str, most: u64, stored: u64) -> Self {
        let is_markup = !part.to_lowercase().ends_with(".bin");
        Self { file, part, most, stored, bytes: 0, piece: 0, is_markup, has_merged: false, hidden_rows: 0 }
    }

    fn run(mut self, mut part: impl Read) -> Result<Self, Diagnostic> {
        let mut buffer = vec![0; 1 << 17];
        let mut kept = 0;
        loop {
            let count = part.read(&mut buffer[kept..]);
            let count = count.map_err(|error| damaged(self.file, &format!("{}: {error}", self.part)))?;
            if count == 0 {
                return Ok(self);
            }
            self.add(&buffer[..kept + count], kept);
            self.check()?;
            let end = kept + count;
            kept = end.min(OVERLAP);
            buffer.copy_within(end - kept..end, 0);
        }
    }

    /// Looks at bytes, of which so many are known already.
    fn add(&mut self, text: &[u8], known: usize) {
        let new = &text[known..];
        self.bytes += new.len() as u64;
        if !self.is_markup {
            return;
        }
        self.piece = match (memchr::memchr(b'<', new), memchr::memrchr(b'<', new)) {
            (Some(first), Some(last)) if self.piece + first as u64 <= LONGEST_PIECE => {
                (new.len() - last) as u64
            }
            _ => self.piece + new.len() as u64,
        };
        self.has_merged |= memmem::find(text, b"mergeCell ").is_some();
        let is_hidden = |found: &usize| {
            let tag =
                memchr::memrchr(b'<', &text[..*found]).map_or(&[][..], |start| &text[start + 1..*found]);
            let name = tag.split(|byte| *byte == b' ').next().unwrap_or_default();
            *found + HIDDEN.len() > known && (name == b"row" || name.ends_with(b":row"))
        };
        self.hidden_rows += memmem::find_iter(text, HIDDEN).filter(is_hidden).count() as u64;
    }

    fn check(&self) -> Result<(), Diagnostic> {
        let Self { file, part, .. } = self;
        if self.bytes > self.most {
            return Err(too_large(file, &format!("{part} unpacks to more than {} MiB", self.most >> 20)));
        }
        if self.bytes > LARGE && self.bytes / MOST_RATIO > self.stored {
            return Err(too_large(file, &format!("{part} unpacks to more than {MOST_RATIO} times its size")));
        }
        if self.piece > LONGEST_PIECE {
            return Err(too_large(file, &format!("{part} has a piece of more than a megabyte")));
        }
        Ok(())
    }
}

const HIDDEN: &[u8] = b" hidden=\"1\"";
